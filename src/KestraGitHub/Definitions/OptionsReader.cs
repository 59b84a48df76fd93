namespace KestraGitHub.Definitions;

/// <summary>Reads <c>x-kestra-github</c>: the keys that are ours.</summary>
internal static class OptionsReader
{
    private const int MaxGlob = 1000;

    /// <summary>A new key is one row here, one in <c>openapi/x-kestra-github.schema.json</c>, and its reading below.</summary>
    public static IReadOnlyList<PropertySpec> Keys { get; } =
    [
        new("tenant"), new("kestra"), new("webhookSecrets", PropertyKind.TextOrList), new("branches", PropertyKind.TextOrList),
        new("paths", PropertyKind.TextOrList), new("debounce"), .. SafetyReader.Keys, PullRequestReader.Key, ProposalReader.Key,
    ];

    /// <summary>Who the tenant is has to be known before anything can be rendered.</summary>
    public static string? Tenant(MapValue flow, LoadContext load)
    {
        var named = (flow[FlowMembers.Own] as MapValue)?["tenant"];
        if (named is null or ScalarValue { Text: null }) return Free(load.Environment.Tenant, flow, load);
        if (named is ScalarValue { Text: { } text } value && Names.IsTenant(text)) return Free(text, value, load);
        load.Faults.Add(named, $"`{FlowMembers.Own}.tenant` is no name of a tenant.", "Use lower-case letters, digits, dashes and underscores.");
        return null;
    }

    private static string? Free(string tenant, PropertyValue place, LoadContext load)
    {
        if (!Names.IsTaken(tenant)) return tenant;
        load.Faults.Add(place, $"The tenant `{tenant}` has the name of one of the API's own paths.",
            $"Name another in `{FlowMembers.Own}.tenant`: it is for addresses here, and need not be that of the Kestra.");
        return null;
    }

    public static DefinitionOptions Read(MapValue flow, LoadContext load)
    {
        if (flow[FlowMembers.Own] is null or ScalarValue { Text: null }) return DefinitionOptions.Default;
        if (flow[FlowMembers.Own] is not MapValue map)
        {
            load.Faults.Add(flow[FlowMembers.Own]!, $"`{FlowMembers.Own}` is no map.", "Write its keys below it, one level deeper.");
            return DefinitionOptions.Default;
        }

        PropertyChecker.Check(map, $"`{FlowMembers.Own}`", Keys, load.Faults);
        return new DefinitionOptions(Target(map, load), Secrets(map, load), Globs(map, "branches", load), Globs(map, "paths", load),
            Debounce(map, load)) { Safety = new SafetyReader(map, load).Read(), PullRequests = PullRequestReader.Read(map, load), Proposal = ProposalReader.Read(map, load) };
    }

    private static string? Target(MapValue map, LoadContext load)
    {
        if (map["kestra"] is not ScalarValue { Text: { } name } value) return null;
        var known = load.Environment.Targets.Keys.Where(k => k.Length > 0).Order(StringComparer.Ordinal).ToList();
        if (known.Contains(name)) return name;
        load.Faults.Add(value, $"No Kestra is configured by the name `{name}`.",
            known.Count > 0 ? $"Configured are: {string.Join(", ", known)}." : $"Set `Kestra:Targets:{name}:Url`.");
        return null;
    }

    private static List<Secret> Secrets(MapValue map, LoadContext load)
    {
        var secrets = new List<Secret>();
        foreach (var item in Items(map["webhookSecrets"]))
        {
            var text = load.Render("`webhookSecrets`", item);
            if (Secret.From(text) is { } secret) secrets.Add(secret);
            else if (text is not null)
                load.Faults.Add(item, "A webhook secret is empty.",
                    "Write the secret that GitHub was given, or remove the item to use the service's own.");
        }

        return secrets;
    }

    private static List<string> Globs(MapValue map, string key, LoadContext load)
    {
        var globs = new List<string>();
        foreach (var item in Items(map[key]))
        {
            if (load.Render($"`{key}`", item) is not { } glob) continue;
            if (glob.Length is 0 or > MaxGlob)
                load.Faults.Add(item, $"A pattern of `{key}` is empty, or longer than {MaxGlob} characters.",
                    "Write a pattern such as `main` or `flows/**`.");
            else globs.Add(glob);
        }

        return globs;
    }

    private static TimeSpan Debounce(MapValue map, LoadContext load)
    {
        if (map["debounce"] is not ScalarValue { Text: { } text } value) return DefinitionOptions.Default.Debounce;
        if (Durations.Parse(text) is { } time && time <= TimeSpan.FromHours(1)) return time;
        load.Faults.Add(value, "`debounce` is no ISO-8601 duration from PT0S to PT1H.", "Write it like `PT2S`.");
        return DefinitionOptions.Default.Debounce;
    }

    internal static IEnumerable<ScalarValue> Items(PropertyValue? value) => value switch
    {
        ScalarValue { Text: not null } one => [one],
        ListValue list => list.Items.OfType<ScalarValue>().Where(i => i.Text is not null),
        _ => [],
    };
}
