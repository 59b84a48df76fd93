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
        var root = YamlBody.Read(source, required, "Cannot construct instance");
        var now = DateTime.UtcNow;
        return new EnterpriseObject("", root.Text("namespace")!, root.Text("id")!, source, root, now, now);
    }
}
