namespace KestraGitHub.Definitions;

/// <summary>
/// Flattens <c>gitConfig</c> as Kestra does (plugin-git.md, section 1.1), and lets only such keys through as cannot run a program, read another
/// file, or send a credential elsewhere. What is not on the list is refused, not dropped.
/// </summary>
internal static class GitConfigRules
{
    private static readonly string[] Core =
    [
        "longpaths", "filemode", "autocrlf", "eol", "safecrlf", "ignorecase", "precomposeunicode", "quotepath", "compression", "loosecompression",
        "bigfilethreshold", "packedgitlimit", "packedgitwindowsize", "deltabasecachelimit", "checkstat", "trustctime", "abbrev", "protecthfs", "protectntfs",
        "fscache", "preloadindex",
    ];

    private static readonly string[] Http = ["postbuffer", "lowspeedlimit", "lowspeedtime", "version", "maxrequests", "minsessions", "noepsv",
        "proxy", "keepaliveidle", "keepaliveinterval", "keepalivecount"];

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["core"] = Core,
        ["http"] = Http,
        ["user"] = ["name", "email", "useconfigonly"],
        ["author"] = ["name", "email"],
        ["committer"] = ["name", "email"],
        ["fetch"] = ["prune", "prunetags", "parallel", "unpacklimit", "fsckobjects", "writecommitgraph", "showforcedupdates", "output",
            "negotiationalgorithm", "recursesubmodules"],
        ["transfer"] = ["fsckobjects", "unpacklimit"],
        ["pack"] = ["threads", "window", "windowmemory", "depth", "compression", "deltacachesize", "deltacachelimit", "packsizelimit", "usebitmaps",
            "usesparse", "indexversion"],
        ["diff"] = ["algorithm", "renames", "renamelimit", "context", "interhunkcontext", "ignoresubmodules", "mnemonicprefix", "noprefix",
            "indentheuristic"],
        ["merge"] = ["ff", "renames", "renamelimit", "directoryrenames", "conflictstyle", "stat", "log", "renormalize"],
        ["init"] = ["defaultbranch"],
        ["pull"] = ["ff", "rebase"],
        ["push"] = ["default", "followtags", "autosetupremote"],
        ["gc"] = ["auto", "autopacklimit", "autodetach"],
        ["index"] = ["version", "threads"],
        ["i18n"] = ["commitencoding", "logoutputencoding"],
    };

    public static IReadOnlyList<KeyValuePair<string, string?>> Flatten(TaskValues values, FaultList faults, FaultList warnings)
    {
        var flat = new List<KeyValuePair<string, string?>>();
        if (values.Raw("gitConfig") is not MapValue map) return flat;
        for (var i = 0; i < map.Members.Count; i++)
        {
            var (key, value) = map.Members[i];
            if (Flat(key) is not { } name)
            {
                if (value is MapValue)
                    faults.Add(map.PlaceOf(i), $"`gitConfig.{key}` is a map.", "Write the whole key with its dots: `core.longpaths: true`.");
                else warnings.Add(map.PlaceOf(i), $"`gitConfig.{key}` has no section and is left out, as in Kestra.", "Write `section.name`.");
            }
            else if (!IsHarmless(name.Split('.')))
            {
                faults.Add(map.PlaceOf(i), $"`gitConfig.{key}` may not be set: it can run a program, reach another file or host, or is not known.",
                    "Remove it.");
            }
            else
            {
                Add(flat, name, key, value, values, faults);
            }
        }

        return flat;
    }

    private static void Add(List<KeyValuePair<string, string?>> flat, string name, string key, PropertyValue value, TaskValues values,
        FaultList faults)
    {
        switch (value)
        {
            case ScalarValue { Text: { } text }:
                var rendered = values.Render("gitConfig." + key, text, value)?.Trim();
                if (rendered?.Any(char.IsControl) == true) faults.Add(value, $"`gitConfig.{key}` holds a control character.", "Write one line.");
                flat.Add(new(name, string.IsNullOrEmpty(rendered) ? null : rendered));
                break;
            case ScalarValue:
                flat.Add(new(name, null));
                break;
            case ListValue list when list.Items.All(i => i is ScalarValue):
                foreach (var item in list.Items) Add(flat, name, key, item, values, faults);
                break;
            default:
                faults.Add(value, $"`gitConfig.{key}` is neither a text nor a list of texts.", "Write a text.");
                break;
        }
    }

    private static string? Flat(string key)
    {
        var parts = key.Trim().Split('.');
        return parts.Length < 2 || parts.Any(string.IsNullOrWhiteSpace) ? null : string.Join('.', [parts[0].ToLowerInvariant(), .. parts[1..]]);
    }

    // Of the sections with a subsection only http.<url>.name is harmless: what else git reads there names drivers and commands.
    private static bool IsHarmless(string[] parts) =>
        Allowed.TryGetValue(parts[0], out var names) && names.Contains(parts[^1].ToLowerInvariant()) && (parts.Length == 2 || parts[0] == "http")
        && !parts.Any(p => p.Any(c => char.IsControl(c) || c == '='));
}
