using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>What a server with the core plugins only has to say about a flow.</summary>
internal sealed partial class FlowValidator(KestraStandInOptions options)
{
    private const string Core = "io.kestra.plugin.core.";
    private const string FlowClass = "io.kestra.core.models.flows.FlowWithSource";

    private static readonly HashSet<string> Reserved =
        [.. "pause resume force-run change-status kill executions search source disable enable".Split(' ')];

    private static readonly string[] Nested = ["tasks", "errors", "finally", "then", "else", "defaults", "afterExecution", "listeners", "conditions"];

    private readonly bool isV2 = options.IsV2;

    public static KestraError InvalidType(string type, string path, string supertype = "io.kestra.core.models.Plugin") => new(
        422,
        $"Invalid entity: Invalid type: {type}",
        new Violation($"Could not resolve type id '{type}' as a subtype of `{supertype}`: No plugin registered for the defined type: '{type}'", path),
        new Violation($"Invalid type: {type}", path));

    /// <summary>Everything a create checks. `lenient`: unknown keys pass, as in the updates of 1.3 [flow.put-mismatch: unknown property].</summary>
    public void Check(FlowText flow, bool lenient = false)
    {
        if (flow.Draft)
        {
            // A draft only has to be YAML, and have a place in the table.
            if (flow.Id is null || flow.Namespace is null)
            {
                throw new KestraError(500, "Internal server error: SQL [insert into flows (\"key\", \"value\", \"source_code\") values (?, ?, ?)]; NULL not allowed");
            }

            return;
        }

        CheckModel(flow, lenient);
        var violations = Constraints(flow);
        if (violations.Count > 0)
        {
            throw KestraError.InvalidEntity(violations);
        }
    }

    /// <summary>Unknown keys and types: what stops the server from reading the flow at all.</summary>
    public void CheckModel(FlowText flow, bool lenient = false)
    {
        var known = KnownTypes.FlowProperties(isV2);
        foreach (var (key, value) in flow.Root.Entries)
        {
            if (!lenient && !known.Contains(key))
            {
                throw UnknownField(key, FlowClass, known, $"{FlowClass}[\"{key}\"]");
            }

            if (value is YamlList list && (key is "tasks" or "triggers" || Nested.Contains(key)))
            {
                CheckPlugins(list, $"{FlowClass}[\"{key}\"]", lenient);
            }

            if (key == "inputs" && value is YamlList inputs && isV2 && !lenient
                && inputs.Items.OfType<YamlMap>().FirstOrDefault(i => i.Entries.Exists(e => e.Key == "name")) is { } named)
            {
                throw UnknownField("name", $"io.kestra.core.models.flows.input.{named.Text("type")}Input", ["id", "type", "defaults"], "inputs");
            }
        }
    }

    public List<Violation> Constraints(FlowText flow)
    {
        var found = new List<Violation>();
        Identity(flow.Id, "id", FlowId(), "^[a-zA-Z0-9][a-zA-Z0-9._-]*", 100, found);
        if (flow.Id is null)
        {
            found.AddRange([new("must not be blank", "id"), new("must not be null", "id")]);
        }
        else if (string.IsNullOrWhiteSpace(flow.Id))
        {
            found.Add(new("must not be blank", "id"));
        }

        Identity(flow.Namespace, "namespace", NamespaceId(), "^[a-z0-9][a-z0-9._-]*", 150, found);
        if (flow.Namespace is null)
        {
            found.Add(new("must not be null", "namespace"));
        }

        if (flow.Root["tasks"] is not YamlList { Items.Count: > 0 })
        {
            found.Add(new("must not be empty", "tasks"));
        }

        for (var i = 0; i < flow.Labels.Count; i++)
        {
            if (flow.Labels[i].Value.Length == 0)
            {
                found.Add(new("must not be empty", $"labels[{i}].value"));
            }

            if (flow.Labels[i].Key.Length == 0)
            {
                found.Add(new("must not be empty", $"labels[{i}].key"));
            }
        }

        CheckPluginValues(flow.Root["tasks"] as YamlList, "tasks", found);
        CheckPluginValues(flow.Root["errors"] as YamlList, "errors", found);
        CheckPluginValues(flow.Root["finally"] as YamlList, "finally", found);
        CheckPluginValues(flow.Root["triggers"] as YamlList, "triggers", found);
        var whole = WholeFlow(flow);
        if (whole.Count > 0)
        {
            found.Add(new($"Invalid Flow: {string.Join(", ", whole)}", ""));
        }

        return found;
    }

    public IReadOnlyList<string> Deprecations(FlowText flow)
    {
        if (isV2)
        {
            return [];
        }

        var found = flow.Root.Entries.Where(e => e.Key is "taskDefaults" or "listeners").Select(e => e.Key).ToList();
        foreach (var (task, path) in Plugins(flow.Root["tasks"] as YamlList, "tasks"))
        {
            var type = task.Text("type") ?? "";
            if (KnownTypes.IsDeprecated(type, isV2))
            {
                found.Add(path);
            }

            if (type == Core + "flow.Subflow" && task["outputs"] is not null)
            {
                found.Add($"{path}.outputs");
            }
        }

        var inputs = (flow.Root["inputs"] as YamlList)?.Items ?? [];
        found.AddRange(inputs.Select((input, i) => (input, i)).Where(x => x.input is YamlMap m && m["name"] is not null).Select(x => $"inputs[{x.i}].name"));
        return found;
    }

    public IReadOnlyList<string> Infos(FlowText flow) => isV2
        ? []
        : [.. Plugins(flow.Root["tasks"] as YamlList, "tasks").Select(p => p.Task.Text("type") ?? "").Where(t => KnownTypes.Replacement(t) is not null)
            .Select(t => $"{t} is replaced by {KnownTypes.Replacement(t)}")];

    public static IEnumerable<(string Namespace, string Id)> Subflows(FlowText flow) => Plugins(flow.Root["tasks"] as YamlList, "tasks")
        .Where(p => p.Task.Text("type") is Core + "flow.Subflow" or Core + "flow.ForEachItem")
        .Select(p => (p.Task.Text("namespace") ?? "", p.Task.Text("flowId") ?? ""));

    /// <summary>All tasks, those inside other tasks too.</summary>
    public static IEnumerable<(YamlMap Task, string Path)> Plugins(YamlList? list, string path)
    {
        for (var i = 0; list is not null && i < list.Items.Count; i++)
        {
            if (list.Items[i] is not YamlMap task)
            {
                continue;
            }

            yield return (task, $"{path}[{i}]");
            foreach (var inner in Children(task).SelectMany(c => Plugins(c.List, $"{path}[{i}].{c.Name}")))
            {
                yield return inner;
            }
        }
    }

    private static IEnumerable<(YamlList List, string Name)> Children(YamlMap task)
    {
        foreach (var (key, value) in task.Entries)
        {
            if (value is YamlList list && Nested.Contains(key) && list.Items.Any(i => i is YamlMap m && (m["type"] is not null || m["id"] is not null)))
            {
                yield return (list, key);
            }
            else if (key == "cases" && value is YamlMap cases)
            {
                foreach (var branch in cases.Entries.Where(c => c.Value is YamlList))
                {
                    yield return ((YamlList)branch.Value, $"cases.{branch.Key}");
                }
            }
        }
    }

    private static KestraError UnknownField(string key, string type, IReadOnlyList<string> known, string path)
    {
        var message = $"Unrecognized field \"{key}\" (class {type}), not marked as ignorable ({known.Count} known properties: " +
            string.Join(", ", known.Select(k => $"\"{k}\"")) + ")";
        return new KestraError(422, $"Invalid entity: {message}", new Violation(message, path)) { IsUnknownField = true };
    }

    private static void Identity(string? value, string path, Regex pattern, string written, int most, List<Violation> found)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length == 0 || value.Length > most)
        {
            found.Add(new($"size must be between 1 and {most}", path));
        }

        if (!pattern.IsMatch(value))
        {
            found.Add(new($"must match \"{written}\"", path));
        }
    }

    private void CheckPlugins(YamlList list, string path, bool lenient)
    {
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is not YamlMap plugin)
            {
                continue;
            }

            var here = $"{path}->java.util.ArrayList[{i}]";
            var type = plugin.Text("type");
            if (type is null || !KnownTypes.IsInstalled(type, isV2, options.Plugins))
            {
                throw InvalidType(type ?? "<null>", here);
            }

            if (!lenient && KnownTypes.Properties(type, isV2) is { } known && plugin.Entries.FirstOrDefault(e => !known.Contains(e.Key)).Key is { } stray)
            {
                throw UnknownField(stray, type, known, $"{here}->{type}[\"{stray}\"]");
            }

            foreach (var (children, name) in Children(plugin))
            {
                CheckPlugins(children, $"{here}->{type}[\"{name}\"]", lenient);
            }
        }
    }

    private void CheckPluginValues(YamlList? list, string name, List<Violation> found)
    {
        foreach (var (plugin, path) in Plugins(list, name))
        {
            var type = plugin.Text("type") ?? "";
            if (type.StartsWith(Core + "condition.", StringComparison.Ordinal))
            {
                continue;
            }

            var id = plugin.Text("id");
            if (id is null)
            {
                found.AddRange([new("must not be blank", $"{path}.id"), new("must not be null", $"{path}.id")]);
            }
            else if (!TaskId().IsMatch(id))
            {
                found.Add(new("must match \"^[a-zA-Z0-9][a-zA-Z0-9_-]*\"", $"{path}.id"));
            }

            switch (type)
            {
                case Core + "log.Log" when plugin["message"] is null or YamlScalar { IsNull: true }:
                    found.Add(new("must not be null", $"{path}.message"));
                    break;
                case Core + "trigger.Webhook" when string.IsNullOrWhiteSpace(plugin.Text("key")):
                    found.Add(new(isV2 ? "must not be blank" : "must not be null", $"{path}.key"));
                    break;
                case Core + "flow.Subflow":
                    found.AddRange(new[] { "namespace", "flowId" }.Where(k => string.IsNullOrEmpty(plugin.Text(k))).Select(k => new Violation("must not be empty", $"{path}.{k}")));
                    break;
                case Core + "trigger.Schedule":
                    CheckCron(plugin.Text("cron"), path, found);
                    break;
            }
        }
    }

    private static void CheckCron(string? cron, string path, List<Violation> found)
    {
        if (cron is null)
        {
            found.Add(new("must not be null", $"{path}.cron"));
            return;
        }

        var parts = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!cron.StartsWith('@') && parts.Length != 5)
        {
            found.Add(new($"invalid cron expression '{cron}': Cron expression contains {parts.Length} parts but we expect one of [5]", path));
        }
        else if (!cron.StartsWith('@') && !parts.All(p => CronPart().IsMatch(p)))
        {
            found.Add(new($"invalid cron expression '{cron}': Failed to parse cron expression", path));
        }
    }

    private List<string> WholeFlow(FlowText flow)
    {
        var found = new List<string>();
        if (!isV2 && flow.Id is not null && Reserved.Contains(flow.Id))
        {
            found.Add($"Flow id is a reserved keyword: {flow.Id}");
        }

        found.AddRange(flow.Labels.Where(l => l.Key.StartsWith("system.", StringComparison.Ordinal) && l.Key != "system.readOnly")
            .Select(l => $"System labels can only be set by Kestra itself, offending label: {l.Key}={l.Value}"));
        var tasks = new[] { "tasks", "errors", "finally" }.SelectMany(k => Plugins(flow.Root[k] as YamlList, k)).Select(p => p.Task.Text("id"));
        Duplicates(tasks, "task id", found);
        Duplicates(((flow.Root["triggers"] as YamlList)?.Items ?? []).OfType<YamlMap>().Select(t => t.Text("id")), "trigger id", found);
        Duplicates(((flow.Root["inputs"] as YamlList)?.Items ?? []).OfType<YamlMap>().Select(t => t.Text("id")), "input", found);
        if (Subflows(flow).Contains((flow.Namespace ?? "", flow.Id ?? "")))
        {
            found.Add($"Recursive call to flow [{flow.Namespace}.{flow.Id}]");
        }

        return found;
    }

    private static void Duplicates(IEnumerable<string?> ids, string what, List<string> found)
    {
        var twice = ids.Where(i => i is not null).GroupBy(i => i, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (twice.Count > 0)
        {
            found.Add($"Duplicate {what} with name [{string.Join(", ", twice)}]");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]*\z")]
    private static partial Regex FlowId();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex NamespaceId();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]*\z")]
    private static partial Regex TaskId();

    [GeneratedRegex(@"\A[0-9A-Za-z*/,\-?L#]+\z")]
    private static partial Regex CronPart();
}
