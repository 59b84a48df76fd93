using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>What tests get by object, for callers that only have HTTP: under a path that no real server has, without credentials.</summary>
internal static class ControlRoutes
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static Answer Serve(KestraStandIn standIn, string method, string target, byte[] body)
    {
        switch (method, target.Split('?')[0]["/_standin/".Length..].TrimEnd('/'))
        {
            case ("GET", "calls"):
                return Answer.Json(JsonSerializer.SerializeToNode(standIn.Calls, Web));
            case ("DELETE", "calls"):
                standIn.ClearCalls();
                return Answer.Empty(204);
            case ("GET", "unknown"):
                return Answer.Json(JsonSerializer.SerializeToNode(standIn.UnknownCalls, Web));
            case ("GET", "flows"):
                return Answer.Json(JsonSerializer.SerializeToNode(standIn.State.ListFlows(), Web));
            case ("GET", "counters"):
                return Answer.Json(new JsonObject
                {
                    ["calls"] = standIn.Calls.Count,
                    ["unknownCalls"] = standIn.UnknownCalls.Count,
                    ["faults"] = standIn.Faults.Struck,
                    ["flowWrites"] = standIn.State.FlowWrites(),
                    ["flowDeletes"] = standIn.State.FlowDeletes(),
                    ["fileWrites"] = standIn.State.FileWrites(),
                    ["fileDeletes"] = standIn.State.FileDeletes(),
                });
            case ("POST", "faults"):
                return AddFault(standIn, body);
            case ("DELETE", "faults"):
                standIn.Faults.Clear();
                return Answer.Empty(204);
            case ("POST", "put-absent-hangs"):
                standIn.PutAbsentHangs = true;
                return Answer.Empty(204);
            case ("DELETE", "put-absent-hangs"):
                standIn.PutAbsentHangs = false;
                return Answer.Empty(204);
            case ("POST", "reset"):
                standIn.State.Reset();
                standIn.Faults.Clear();
                standIn.ClearCalls();
                return Answer.Empty(204);
            default:
                return Answer.Empty(404);
        }
    }

    private static Answer AddFault(KestraStandIn standIn, byte[] body)
    {
        try
        {
            standIn.Faults.Add(JsonSerializer.Deserialize<FaultRule>(body, Web) ?? throw new JsonException("empty"));
            return Answer.Empty(204);
        }
        catch (JsonException e)
        {
            return Answer.Json(new JsonObject { ["message"] = e.Message }, 400);
        }
    }
}
