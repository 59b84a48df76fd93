using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>An app or a unit test as it is stored.</summary>
/// <param name="Uid">Of an app: the server's own name of it.</param>
internal sealed record EnterpriseObject(string Uid, string Namespace, string Id, string Source, YamlMap Root, DateTime Created, DateTime Updated)
{
    /// <summary>The body of a call, or the error that the server answers it with.</summary>
    public static EnterpriseObject Read(Call call, string word, IReadOnlyList<string> required) =>
        call.Body.Length == 0 ? throw KestraError.BodyMissing(word) : Read(call.Text, required);

    public static EnterpriseObject Read(string source, IReadOnlyList<string> required)
    {
        try
        {
            var root = YamlReader.Read(source, refuseDuplicates: true) as YamlMap ?? throw new YamlFault("Cannot construct instance");
            var missing = required.Where(k => root.Text(k) is null).Select(k => new Violation("must not be null", k)).ToList();
            var now = DateTime.UtcNow;
            return missing.Count == 0
                ? new EnterpriseObject("", root.Text("namespace")!, root.Text("id")!, source, root, now, now)
                : throw KestraError.InvalidEntity(missing);
        }
        catch (YamlFault fault)
        {
            throw KestraError.Yaml(fault.Message);
        }
    }

    /// <summary>A page beyond the end says a total of 0, as everywhere.</summary>
    public static Answer Page(IReadOnlyList<EnterpriseObject> found, int page, int size, Func<EnterpriseObject, JsonObject> row)
    {
        var rows = found.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size).Select(o => (JsonNode?)row(o)).ToList();
        return Answer.Page(rows, rows.Count == 0 ? 0 : found.Count);
    }

    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
