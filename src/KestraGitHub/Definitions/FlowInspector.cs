namespace KestraGitHub.Definitions;

/// <summary>Looks through the expressions of the tasks that are carried out: what they draw on, and what of that cannot be.</summary>
internal sealed class FlowInspector(IReadOnlyList<FlowNode> body, LoadContext load)
{
    private static readonly string[] EveryTask = ["timeout", "retry", "runIf"];

    private readonly Dictionary<string, TaskDeclaration> _all = body.SelectMany(n => n.All()).GroupBy(n => n.Task.Id).ToDictionary(g => g.Key, g => g.First().Task, StringComparer.Ordinal);
    private readonly HashSet<string> _before = new(StringComparer.Ordinal);

    public static void Inspect(IReadOnlyList<FlowNode> body, LoadContext load) => new FlowInspector(body, load).Visit(body, inLoop: false);

    /// <summary>Branches that the tasks read; null when one of them may read any.</summary>
    /// <param name="into">What their pushes are to be merged into, where that is another one.</param>
    public static IReadOnlyList<string>? Branches(IEnumerable<(TaskDeclaration Task, LoopPlace Place)> tasks, string? into, LoadContext load)
    {
        var branches = new SortedSet<string>(into is null ? [] : [into], StringComparer.Ordinal);
        foreach (var (task, place) in tasks.Where(t => t.Task.Standing == TaskStanding.Runs))
        {
            if (Branch(task, place, load) is not { } branch) return null;
            branches.Add(branch);
        }

        return [.. branches];
    }

    private static string? Branch(TaskDeclaration task, LoopPlace place, LoadContext load)
    {
        var text = (task.Properties.GetValueOrDefault("branch") as ScalarValue)?.Text
            ?? GitTasks.All[task.ShortType].FirstOrDefault(s => s.Name == "branch")?.Default;
        if (text is null) return null;
        try
        {
            var template = Template.Parse(text);
            if (TemplateReferences.Of(template, load.Values).NeedsRun(place)) return null;
            var context = new RenderContext(load.Environment, System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty) { Place = place };
            return GitSourceRenderer.ShortBranch(template.Render(new TemplateScope(load.Values, load.Environment, context)).Trim());
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private void Visit(IEnumerable<FlowNode> nodes, bool inLoop)
    {
        foreach (var node in nodes)
        {
            if (node.Task.Standing is not (TaskStanding.Foreign or TaskStanding.Disabled)) Inspect(node, inLoop);
            _before.Add(node.Task.Id);
            switch (node)
            {
                case FlowNode.Group group:
                    Visit(group.Children, inLoop);
                    break;
                case FlowNode.Loop loop:
                    Visit(loop.Children, inLoop: true);
                    break;
                case FlowNode.Choice choice:
                    Visit(choice.Cases.SelectMany(c => c.Children), inLoop);
                    break;
            }
        }
    }

    private void Inspect(FlowNode node, bool inLoop)
    {
        var task = node.Task;
        IEnumerable<string> own = task.IsGit ? GitTasks.All[task.ShortType].Select(s => s.Name)
            : CoreTasks.IsLog(task.Type) ? ["message"] : CoreTasks.IsReturn(task.Type) ? ["format"] : CoreTasks.Find(task.Type)?.Values is { } values ? [values] : [];
        foreach (var name in own.Concat(EveryTask))
            if (task.Properties.TryGetValue(name, out var value)) Inspect(node, name, value, inLoop);
    }

    private void Inspect(FlowNode node, string path, PropertyValue value, bool inLoop)
    {
        switch (value)
        {
            case MapValue map:
                foreach (var (name, member) in map.Members) Inspect(node, $"{path}.{name}", member, inLoop);
                break;
            case ListValue list:
                foreach (var item in list.Items) Inspect(node, path, item, inLoop);
                break;
            case ScalarValue { Text: { } text } when Template.LooksLike(text) || text.Contains("{#", StringComparison.Ordinal):
                InspectText(node, path, text, value, inLoop);
                break;
        }
    }

    private void InspectText(FlowNode node, string path, string text, PropertyValue at, bool inLoop)
    {
        var task = node.Task;
        var where = $"`{path}` of the task {task.Id}";

        // A log line stops no sync: what its expressions may use is its own affair.
        var list = CoreTasks.IsLog(task.Type) ? load.Warnings : load.Faults;
        try
        {
            var used = TemplateReferences.Of(Template.Parse(text), load.Values);
            load.Secrets.UnionWith(used.Secrets);
            load.Payload.UnionWith(used.Payload);
            foreach (var name in used.Secrets.Where(s => load.Environment.Secret(s) is null))
            {
                var missing = TemplateScope.NoSecret(name);
                load.Faults.Add(at, $"{where}: {missing.Message}", missing.Cure);
            }

            if (used.Secrets.Count > 0 && IsShown(node, path))
                load.Faults.Add(at, $"{where} draws on a secret, which would show in names, logs and outputs.", "Write `secret('NAME')` where a credential is wanted, and nowhere else.");
            if (used.UsesLoop && !inLoop) list.Add(at, $"{where} uses the value of a loop, and stands in none.", "Put the task into a ForEach or Loop, or write the value.");
            foreach (var output in used.Outputs)
                if (Complaint(task, output) is { } complaint) list.Add(at, $"{where}: {complaint.What}", complaint.Cure);
        }
        catch (TemplateException e)
        {
            list.Add(at, $"{where}: {e.Message}", e.Cure);
        }
    }

    private static bool IsShown(FlowNode node, string path) =>
        (node is FlowNode.Loop && path.Split('.')[0] == CoreTasks.Find(node.Task.Type)?.Values) || (CoreTasks.IsReturn(node.Task.Type) && path == "format");

    private (string What, string Cure)? Complaint(TaskDeclaration task, Expression.Output output)
    {
        var name = ((Expression.Literal)output.Steps[0]).Value.Text!;
        if (!_all.TryGetValue(name, out var other)) return ($"`outputs.{name}` names a task that the flow does not have.", Nearest.Cure(name, [.. _all.Keys]));
        if (name == task.Id) return ($"`outputs.{name}` names the task itself, which has no outputs before it has run.", "Use those of an earlier task.");
        if (!_before.Contains(name)) return ($"`outputs.{name}` names a task that comes later.", "Move it before this one; two tasks cannot wait for each other.");
        if (other.Standing == TaskStanding.Foreign) return ($"`outputs.{name}` names a task that Kestra runs, and not this service.", "Write the value, or take it from `vars`, `inputs` or `kv('NAME')`.");
        var known = OutputNames.Of(other);
        if (known.Count == 0) return ($"the task {name} ({other.ShortType}) has no outputs here.", "Use those of a task that commits, such as `commitId` of PushFlows, or of a Return.");
        var asked = output.Steps.Skip(1).OfType<Expression.Literal>().Select(s => s.Value.Text ?? "").ToList();
        return asked.Count == 0 || asked.Exists(known.Contains) ? null
            : asked.Find(OutputNames.IsKeptByKestra) is { } kept ? ($"`{kept}` of {name} is a file in Kestra's own storage, which is not made here.", $"Known outputs: {string.Join(", ", known)}; what changed stands in the run.")
            : ($"the task {name} has no output `{asked[^1]}`.", Nearest.Cure(asked[^1], known));
    }
}
