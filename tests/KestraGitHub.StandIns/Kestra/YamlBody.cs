namespace KestraGitHub.StandIns.Kestra;

/// <summary>A YAML source as the body of a call.</summary>
internal static class YamlBody
{
    /// <param name="unbuildable">What the server says of YAML that is no map.</param>
    /// <exception cref="KestraError">It cannot be read, or a required text is missing.</exception>
    public static YamlMap Read(string source, IReadOnlyList<string> required, string unbuildable)
    {
        try
        {
            var root = YamlReader.Read(source, refuseDuplicates: true) as YamlMap ?? throw new YamlFault(unbuildable);
            var missing = required.Where(k => root.Text(k) is null).Select(k => new Violation("must not be null", k)).ToList();
            return missing.Count == 0 ? root : throw KestraError.InvalidEntity(missing);
        }
        catch (YamlFault fault)
        {
            throw KestraError.Yaml(fault.Message);
        }
    }
}
