using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Unit tests of flows: enterprise only. Named by namespace and id; an id has no dot.</summary>
internal static class UnitTestRoutes
{
    private static readonly string[] Required = ["id", "namespace", "flowId"];

    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        if (!options.IsEnterprise)
        {
            return; // 404 for all of them [ee.paths].
        }

        routes.Add("GET", "tests/search", call => Search(call, options, state));
        routes.Add("POST", "tests/validate", call => Answer.Validation(() => Read(call)), RouteTable.Yaml);
        routes.Add("GET", "tests/{namespace}/{id}", call => Answer.Json(Row(Find(call, state))));
        routes.Add("POST", "tests", call => Create(call, state), RouteTable.Yaml);
        routes.Add("PUT", "tests/{namespace}/{id}", call => Update(call, state), RouteTable.Yaml);
        routes.Add("DELETE", "tests/{namespace}/{id}", call =>
        {
            Find(call, state);
            state[call.Tenant].UnitTests.Remove((call["namespace"], call["id"]));
            return Answer.Empty(204);
        });
    }

    private static EnterpriseObject Find(Call call, KestraState state) =>
        state[call.Tenant].UnitTests.GetValueOrDefault((call["namespace"], call["id"])) ?? throw KestraError.NotFound();

    private static EnterpriseObject Read(Call call)
    {
        var test = EnterpriseObject.Read(call, "test", Required);
        return !Regex.IsMatch(test.Id, "^[a-zA-Z0-9][a-zA-Z0-9_-]*$") ? throw KestraError.InvalidEntity(new Violation("must match \"^[a-zA-Z0-9][a-zA-Z0-9_-]*\"", "id"))
            : test.Root["testCases"] is not YamlList { Items.Count: > 0 } ? throw KestraError.InvalidEntity(new Violation("must not be empty", "testCases"))
            : test;
    }

    private static Answer Create(Call call, KestraState state)
    {
        var test = Read(call);
        return state[call.Tenant].UnitTests.TryAdd((test.Namespace, test.Id), test)
            ? Answer.Json(Row(test))
            : throw KestraError.InvalidEntity(new Violation("Test id already exists", "test.id"));
    }

    private static Answer Update(Call call, KestraState state)
    {
        var before = Find(call, state);
        var test = Read(call);
        if (test.Id != before.Id || test.Namespace != before.Namespace)
        {
            throw KestraError.InvalidEntity(new Violation("Illegal test id or namespace update", "test.id"));
        }

        return Answer.Json(Row(state[call.Tenant].UnitTests[(test.Namespace, test.Id)] = test));
    }

    private static Answer Search(Call call, KestraStandInOptions options, KestraState state)
    {
        var (page, size) = FlowSearchRoutes.Paging(call, "searchTestSuites");
        var (ns, below) = (call.Single("namespace"), call.Single("includeChildNamespaces") != "false");
        var columns = new Dictionary<string, Func<EnterpriseObject, string>> { ["id"] = t => t.Id, ["namespace"] = t => t.Namespace };
        var found = FlowSearchRoutes.Sort(
            call, state[call.Tenant].UnitTests.Values.Where(t => ns is null || t.Namespace == ns || (below && t.Namespace.StartsWith(ns + ".", StringComparison.Ordinal))),
            columns, options.IsV2).ToList();
        return Answer.Page(found, page, size, Row);
    }

    private static JsonObject Row(EnterpriseObject test)
    {
        var json = (JsonObject)test.Root.ToJson();
        json["source"] = test.Source;
        json["deleted"] = false;
        return json;
    }
}
