using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>Reads the keys of <c>x-kestra-github</c> that say how careful a sync is.</summary>
internal sealed class SafetyReader(MapValue map, LoadContext load)
{
    public static IReadOnlyList<PropertySpec> Keys { get; } =
    [
        Choice("onFailure", "undo", "stop"), Choice("onConflict", "source", "target", "merge", "fail"), Choice("onDrift", "overwrite", "report", "pullRequest"),
        Choice("approval", "never", "onDelete", "required"), Choice("whenRunning", "apply", "wait", "fail"),
        new("maxDeletes", PropertyKind.Number), new("maxDeletePercent", PropertyKind.Number), new("adopt", PropertyKind.Flag), new("strict", PropertyKind.Flag),
        new("driftInterval"), new("windows", PropertyKind.Any), new("limits", PropertyKind.Map), new("dependsOn", PropertyKind.TextOrList),
        new("protectedNamespaces", PropertyKind.TextOrList),
    ];

    private static readonly PropertySpec[] WindowKeys =
        [new("kind", Enum: ["allow", "deny"], Required: true), new("cron", Required: true), new("duration", Required: true), new("timezone")];

    private static readonly PropertySpec[] LimitKeys =
        [new("objects", PropertyKind.Number), new("bytes", PropertyKind.Number), new("fileBytes", PropertyKind.Number), new("runTime")];

    public SafetyRules Read()
    {
        return new SafetyRules
        {
            OnFailure = Word<OnFailure>("onFailure"),
            OnConflict = Word<OnConflict>("onConflict"),
            OnDrift = Word<OnDrift>("onDrift"),
            Approval = Word<ApprovalRule>("approval"),
            WhenRunning = map["whenRunning"] is ScalarValue { Text: not null } ? Word<WhenRunning>("whenRunning") : null,
            MaxDeletes = (int)(Number(map, "maxDeletes", int.MaxValue) ?? SafetyRules.Default.MaxDeletes),
            MaxDeletePercent = (int)(Number(map, "maxDeletePercent", 100) ?? SafetyRules.Default.MaxDeletePercent),
            Adopt = Flag("adopt"),
            Strict = Flag("strict"),
            DriftInterval = Duration(map, "driftInterval", TimeSpan.Zero, TimeSpan.FromDays(7)),
            Windows = Windows(),
            Limits = Limits(),
            DependsOn = Each("dependsOn", Sync, "names no sync", "Write `namespace/flow`, or `flow` in the same namespace."),
            ProtectedNamespaces = Each("protectedNamespaces", t => (Names.IsNamespace(t), t), "is no namespace", "Write namespaces; those below them are protected too."),
        };
    }

    private static PropertySpec Choice(string name, params string[] words) => new(name, Enum: words);

    private T Word<T>(string key) where T : struct, Enum =>
        map[key] is ScalarValue { Text: { } text } && Enum.TryParse<T>(text, ignoreCase: true, out var word) ? word : default;

    /// <summary>What is neither is told by the table of keys already.</summary>
    private bool Flag(string key) =>
        map[key] is ScalarValue { Text: { } text } && (Template.LooksLike(text) ? load.Flag($"`{key}`", map[key], false) : PropertyChecker.Boolean(text) == true);

    private long? Number(MapValue owner, string key, long most)
    {
        if (owner[key] is not ScalarValue { Text: { } text } value || PropertyChecker.Integer(text) is not { } number)
        {
            if (owner[key] is ScalarValue { Text: { } expression } e && Template.LooksLike(expression)) load.Faults.Add(e, $"`{key}` is an expression.", "Write a number.");
            return null;
        }

        if (number >= 0 && number <= most) return number;
        load.Faults.Add(value, $"`{key}` is out of range.", $"Write a number from 0 to {most}.");
        return null;
    }

    private TimeSpan? Duration(MapValue owner, string key, TimeSpan least, TimeSpan most)
    {
        if (owner[key] is not ScalarValue { Text: { } text } value) return null;
        if (Durations.Parse(text) is { } time && time >= least && time <= most) return time;
        load.Faults.Add(value, $"`{key}` is no ISO-8601 duration that is possible here.", $"Write one from {System.Xml.XmlConvert.ToString(least)} to {System.Xml.XmlConvert.ToString(most)}, such as `PT5M`.");
        return null;
    }

    private List<SyncWindow> Windows()
    {
        var windows = new List<SyncWindow>();
        if (map["windows"] is null or ScalarValue { Text: null }) return windows;
        if (map["windows"] is not ListValue list)
        {
            load.Faults.Add(map["windows"]!, "`windows` is no list.", "Write each window after a dash.");
            return windows;
        }

        foreach (var item in list.Items)
        {
            if (item is not MapValue window)
            {
                load.Faults.Add(item, "A window is no map.", "Write its kind, cron and duration.");
                continue;
            }

            PropertyChecker.Check(window, "a window", WindowKeys, load.Faults);
            if (Window(window) is { } read) windows.Add(read);
        }

        return windows;
    }

    private SyncWindow? Window(MapValue window)
    {
        var duration = Duration(window, "duration", TimeSpan.FromMinutes(1), TimeSpan.FromDays(31));
        var zone = (window["timezone"] as ScalarValue)?.Text ?? "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            load.Faults.Add(window["timezone"]!, "`timezone` of a window is not known.", "Write an IANA name such as `Europe/Paris`.");
        if (window["cron"] is not ScalarValue { Text: { } cron } value) return null;
        try
        {
            CronTranslator.Translate(cron, withSeconds: false);
        }
        catch (FormatException e)
        {
            load.Faults.Add(value, $"`cron` of a window cannot be read: {e.Message}", "Write a unix cron such as `0 22 * * *`.");
            return null;
        }

        return duration is { } length ? new SyncWindow((window["kind"] as ScalarValue)?.Text == "allow", cron, length, zone) : null;
    }

    private RunLimits Limits()
    {
        if (map["limits"] is not MapValue limits) return RunLimits.None;
        PropertyChecker.Check(limits, "`limits`", LimitKeys, load.Faults);
        return new RunLimits(
            (int?)Number(limits, "objects", int.MaxValue), Number(limits, "bytes", int.MaxValue), Number(limits, "fileBytes", int.MaxValue),
            Duration(limits, "runTime", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)));
    }

    private (bool, SyncKey) Sync(string text)
    {
        var parts = text.Split('/');
        var (ns, flow) = parts.Length == 1 ? (load.Key.Namespace, parts[0]) : (parts[0], parts[^1]);
        return (parts.Length <= 2 && Names.IsNamespace(ns) && Names.IsFlowId(flow), new SyncKey(load.Key.Tenant, ns, flow));
    }

    private List<T> Each<T>(string key, Func<string, (bool Fits, T Value)> read, string what, string cure)
    {
        var values = new List<T>();
        foreach (var item in OptionsReader.Items(map[key]))
        {
            var (fits, value) = read(item.Text!);
            if (fits) values.Add(value);
            else load.Faults.Add(item, $"An item of `{key}` {what}.", cure);
        }

        return values;
    }
}
