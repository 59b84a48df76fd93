using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Unfolds flows with what a run would know.</summary>
public class FlowExpanderTests
{
    private const string Core = "io.kestra.plugin.core.";
    private const string Git = "io.kestra.plugin.git.";

    private static readonly Dictionary<string, string> NoPayload = [];

    private static string Flow(string tasks, string more = "") =>
        $"id: sync\nnamespace: company.ops\n{more}\npluginDefaults:\n  - {{type: io.kestra.plugin.git, values: {{url: https://h/r, branch: main}}}}\ntasks:\n{tasks}";

    private static string Sync(string id, string properties = "targetNamespace: prod") => $"{{id: {id}, type: {Git}SyncFlows, {properties}}}";

    private static string Push(string id, string properties = "sourceNamespace: prod") => $"{{id: {id}, type: {Git}PushFlows, {properties}}}";

    private static Expansion Expand(string yaml, Func<RenderContext, RenderContext>? know = null, params (string Path, string Json)[] payload)
    {
        var context = new RenderContext(Load.World, payload.ToDictionary(p => p.Path, p => p.Json));
        return FlowExpander.Expand(Load.Good(yaml), know?.Invoke(context) ?? context);
    }

    /// <summary>One word for each step.</summary>
    private static string Words(Expansion expansion) => string.Join(" ", expansion.Steps.Select(s => s switch
    {
        FlowStep.Run run => run.Id,
        FlowStep.Skip skip => $"-{skip.Id}",
        FlowStep.Note note => $"'{note.Message ?? note.Id + "?"}'",
        FlowStep.Wait wait => $"{wait.Id}<{wait.For.Task}{(wait.For.IsNeverMade ? "!" : "")}",
        _ => throw new InvalidOperationException(),
    }));

    private static TaskOutputs Commit(string? id) =>
        new(new Dictionary<string, string?> { ["commitId"] = id is null ? null : $"\"{id}\"", ["commitURL"] = null }, new HashSet<string>());

    private static IEnumerable<string> Scopes(Expansion expansion) => expansion.Steps.OfType<FlowStep.Run>().Select(s => s.Task.Scope.Namespace);

    [Theory]
    [InlineData("values: [company, company.team]")]
    [InlineData("values: '[\"company\", \"company.team\"]'")]
    [InlineData("values: \"{{ vars.namespaces }}\"")]
    [InlineData("values: \"{{ inputs.namespaces }}\"")]
    [InlineData("values: \"{{ inputs.text }}\"")]
    [InlineData("values: [\"{{ vars.namespaces[0] }}\", \"{{ vars.namespaces | last }}\"]")]
    [InlineData("values: \"{{ trigger.body.names ?? vars.namespaces }}\"")]
    public void A_loop_runs_its_tasks_once_for_each_value_under_an_identity_of_its_own(string values)
    {
        var expansion = Expand(Flow(
            $"  - id: each\n    type: {Core}flow.ForEach\n    {values}\n    tasks:\n      - {Sync("flows", "targetNamespace: \"{{ taskrun.value }}\", gitDirectory: \"{{'flows/' ~ taskrun.value}}\"")}\n      - {{id: files, type: {Git}SyncNamespaceFiles, namespace: \"{{{{ taskrun.value }}}}\"}}\n",
            "variables: {namespaces: [company, company.team]}\ninputs:\n  - {id: namespaces, type: ARRAY, itemType: STRING, defaults: [company, company.team]}\n  - {id: text, type: JSON, defaults: '[\"company\", \"company.team\"]'}"));
        Assert.Equal("flows[company] files[company] flows[company.team] files[company.team]", Words(expansion));
        Assert.Equal(["company", "company", "company.team", "company.team"], Scopes(expansion));
        Assert.Equal(["flows/company", "flows/company.team"], expansion.Steps.OfType<FlowStep.Run>().Select(s => s.Task).Where(t => t.Type == "SyncFlows").Select(t => t.Git.Directory));
        Assert.Equal(4, expansion.Steps.OfType<FlowStep.Run>().Select(s => s.Task.Fingerprint).Distinct().Count());
    }

    [Theory]
    [InlineData("ForEach", "values", "taskrun.value")]
    [InlineData("Loop", "values", "item.value")]
    [InlineData("Loop", "values", "taskrun.value")]
    [InlineData("EachSequential", "value", "taskrun.value")]
    [InlineData("EachParallel", "value", "taskrun.value")]
    public void Every_loop_of_Kestra_is_known(string type, string property, string value) =>
        Assert.Equal("s[a] s[b]", Words(Expand(Flow($"  - id: each\n    type: {Core}flow.{type}\n    {property}: [a, b]\n    tasks:\n      - {Sync("s", $"targetNamespace: \"{{{{ {value} }}}}\"")}\n"))));

    [Fact]
    public void A_loop_over_a_map_has_keys_and_one_over_maps_has_their_members()
    {
        var map = Expand(Flow($"  - id: each\n    type: {Core}flow.Loop\n    values: {{dev: company.dev, prod: company.prod}}\n    tasks:\n      - {Sync("s", "targetNamespace: \"{{ item.value }}\", gitDirectory: \"{{ item.key }}-{{ item.index }}\"")}\n"));
        Assert.Equal("s[dev] s[prod]", Words(map));
        Assert.Equal([("company.dev", "dev-0"), ("company.prod", "prod-1")], map.Steps.OfType<FlowStep.Run>().Select(s => (s.Task.Scope.Namespace, s.Task.Git.Directory)));
        var maps = Expand(Flow($"  - id: each\n    type: {Core}flow.ForEach\n    values: [{{ns: a, dir: x}}, {{ns: b, dir: y}}]\n    tasks:\n      - {Sync("s", "targetNamespace: \"{{ fromJson(taskrun.value).ns }}\", gitDirectory: \"{{ json(taskrun.value).dir }}\"")}\n"));
        Assert.Equal([("a", "x"), ("b", "y")], maps.Steps.OfType<FlowStep.Run>().Select(s => (s.Task.Scope.Namespace, s.Task.Git.Directory)));
    }

    [Theory]
    [InlineData("ForEach", "{{ parent.taskrun.value }}.{{ taskrun.value }}")]
    [InlineData("ForEach", "{{ parents[0].taskrun.value }}.{{ taskrun.value }}")]
    [InlineData("Loop", "{{ item.parent.value }}.{{ item.value }}")]
    [InlineData("Loop", "{{ item.parents[0].value }}.{{ item.value }}")]
    public void Loops_nest(string type, string name) =>
        Assert.Equal("s[a][x]=a.x s[a][y]=a.y s[b][x]=b.x s[b][y]=b.y", string.Join(" ", Expand(Flow(
            $"  - id: outer\n    type: {Core}flow.{type}\n    values: [a, b]\n    tasks:\n      - id: inner\n        type: {Core}flow.{type}\n        values: [x, y]\n        tasks:\n          - {Sync("s", $"targetNamespace: \"{name}\"")}\n"))
            .Steps.OfType<FlowStep.Run>().Select(s => $"{s.Id}={s.Task.Scope.Namespace}")));

    [Fact]
    public void Inside_an_If_in_a_loop_the_value_is_that_of_the_parent_too() =>
        Assert.Equal(["a", "b"], Scopes(Expand(Flow(
            $"  - id: each\n    type: {Core}flow.ForEach\n    values: [a, b]\n    tasks:\n      - id: if\n        type: {Core}flow.If\n        condition: \"{{{{ taskrun.value != 'c' }}}}\"\n        then:\n          - {Sync("s", "targetNamespace: \"{{ parent.taskrun.value }}\"")}\n"))));

    [Theory]
    [InlineData("Sequential")]
    [InlineData("Parallel")]
    [InlineData("WorkingDirectory")]
    public void What_only_groups_tasks_runs_them_in_the_order_of_the_file(string type) =>
        Assert.Equal("a b c", Words(Expand(Flow($"  - id: group\n    type: {Core}flow.{type}\n    tasks:\n      - {Sync("a")}\n      - {Push("b")}\n  - {Sync("c")}\n"))));

    [Theory]
    [InlineData("true", "yes")]
    [InlineData("\"{{ vars.env == 'prod' }}\"", "yes")]
    [InlineData("\"{{ vars.env }}\"", "yes")]
    [InlineData("\"{{ vars.env == 'dev' }}\"", "no")]
    [InlineData("\"{{ trigger.body.ref == 'refs/heads/main' and not (vars.env == 'dev') }}\"", "yes")]
    [InlineData("\"{{ trigger.body.absent }}\"", "no")]
    [InlineData("\"{{ vars.zero }}\"", "no")]
    [InlineData("false", "no")]
    public void If_takes_the_branch_that_its_condition_says(string condition, string expected) =>
        Assert.Equal(expected, Words(Expand(Flow(
            $"  - id: if\n    type: {Core}flow.If\n    condition: {condition}\n    then:\n      - {Sync("yes")}\n    else:\n      - {Sync("no")}\n", "variables: {env: prod, zero: 0}"), null, ("body.ref", "\"refs/heads/main\""))));

    [Theory]
    [InlineData("dev", "d")]
    [InlineData("prod", "p")]
    [InlineData("other", "rest")]
    public void Switch_takes_the_case_that_fits(string env, string expected) =>
        Assert.Equal(expected, Words(Expand(Flow(
            $"  - id: switch\n    type: {Core}flow.Switch\n    value: \"{{{{ vars.env }}}}\"\n    cases:\n      dev: [{Sync("d")}]\n      prod: [{Sync("p")}]\n    defaults: [{Sync("rest")}]\n", $"variables: {{env: {env}}}"))));

    [Fact]
    public void What_is_not_run_is_listed_with_its_reason()
    {
        var expansion = Expand(Flow(
            $"  - {Sync("a", "targetNamespace: prod, runIf: \"{{ vars.on }}\"")}\n  - id: if\n    type: {Core}flow.If\n    condition: \"{{{{ vars.on }}}}\"\n    then:\n      - {Sync("b")}\n" +
            $"  - id: off\n    type: {Core}flow.Sequential\n    disabled: true\n    tasks:\n      - {Sync("c")}\n  - {{id: script, type: io.kestra.plugin.scripts.shell.Commands}}\n  - {Sync("d")}\n", "variables: {on: false}"));
        Assert.Equal("-a -if -off -script d", Words(expansion));
        Assert.Equal(["its `runIf` does not hold", "its condition does not hold", "disabled"], expansion.Steps.OfType<FlowStep.Skip>().Take(3).Select(s => s.Reason));
    }

    [Fact]
    public void A_task_that_uses_what_an_earlier_one_gives_waits_for_it()
    {
        var yaml = Flow($"  - {Push("push")}\n  - {Sync("later", "targetNamespace: prod, gitDirectory: \"x/{{ outputs.push.commitId ?? 'none' }}\"")}\n  - {Sync("other")}\n");
        Assert.Equal("push later<push other", Words(Expand(yaml)));
        Assert.Equal("push later other", Words(Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push"] = Commit("abc") } })));
        string Directory(string? commit) => ((FlowStep.Run)Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push"] = Commit(commit) } }).Steps[1]).Task.Git.Directory;
        Assert.Equal(("x/abc", "x/none"), (Directory("abc"), Directory(null)));
        var dry = new TaskOutputs(new Dictionary<string, string?> { ["commitId"] = null }, new HashSet<string> { "commitId" });
        Assert.Equal("push later<push! other", Words(Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push"] = dry } })));
    }

    [Fact]
    public void In_a_loop_the_outputs_of_a_task_are_those_of_its_value()
    {
        var yaml = Flow(
            $"  - id: each\n    type: {Core}flow.ForEach\n    values: [a, b]\n    tasks:\n      - {Push("push")}\n      - {{id: note, type: {Core}debug.Return, format: \"{{{{ outputs.push[taskrun.value].commitId }}}} {{{{ outputs.push.commitId }}}}\"}}\n" +
            $"  - {Sync("after", "targetNamespace: prod, gitDirectory: \"{{ outputs.push['b'].commitId }}-{{ outputs.note.a.value }}\"")}\n");
        Assert.Equal("push[a] 'note[a]?' push[b] 'note[b]?' after<push[b]", Words(Expand(yaml)));
        var known = Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push[a]"] = Commit("1"), ["push[b]"] = Commit("2") } });
        Assert.Equal("push[a] 'note[a] gives 1 1' push[b] 'note[b] gives 2 2' after", Words(known));
        Assert.Equal("2-1 1", ((FlowStep.Run)known.Steps[^1]).Task.Git.Directory);
    }

    [Fact]
    public void A_condition_that_waits_keeps_all_that_it_holds_waiting()
    {
        var yaml = Flow(
            $"  - {Push("push")}\n  - id: if\n    type: {Core}flow.If\n    condition: \"{{{{ outputs.push.commitId is not null }}}}\"\n    then:\n      - {Push("inner", "sourceNamespace: prod, branch: other")}\n  - {Sync("last", "targetNamespace: prod, gitDirectory: \"{{ outputs.inner.commitId ?? 'none' }}\"")}\n");
        Assert.Equal("push if<push last<inner", Words(Expand(yaml)));
        Assert.Equal("push -if last", Words(Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push"] = Commit(null) } })));
        Assert.Equal("push inner last<inner", Words(Expand(yaml, c => c with { Given = new Dictionary<string, TaskOutputs> { ["push"] = Commit("1") } })));
    }

    [Fact]
    public void Keys_are_asked_for_one_after_the_other_and_logs_never_show_them()
    {
        var yaml = Flow($"  - {{id: say, type: {Core}log.Log, message: [\"to {{{{ kv('NS') }}}}\", \"as {{{{ secret('WEBHOOK_KEY') }}}}\"]}}\n  - {Sync("a", "targetNamespace: \"{{ kv('NS') }}\", gitDirectory: \"{{ kv(kv('NS'), 'other', errorOnMissing=false) ?? 'dir' }}\"")}\n");
        Assert.Equal([new KvName("NS", null)], Expand(yaml).Needs);
        Assert.Equal([new KvName("prod", "other")], Expand(yaml, c => c with { Kv = new Dictionary<KvName, string?> { [new("NS", null)] = "\"prod\"" } }).Needs);
        var known = Expand(yaml, c => c with { Kv = new Dictionary<KvName, string?> { [new("NS", null)] = "\"prod\"", [new("prod", "other")] = null } });
        Assert.Equal("'say: to *** as ***' a", Words(known));
        Assert.Equal(("prod", "dir"), (((FlowStep.Run)known.Steps[1]).Task.Scope.Namespace, ((FlowStep.Run)known.Steps[1]).Task.Git.Directory));
        var missing = Assert.Throws<RenderException>(() => Expand(yaml, c => c with { Kv = new Dictionary<KvName, string?> { [new("NS", null)] = null } }));
        Assert.Contains("`NS` in the namespace company.ops or above it", missing.Message, StringComparison.Ordinal);
        Assert.Contains("errorOnMissing=false", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_keys_that_can_be_known_are_asked_for_at_once_and_their_values_stay_hidden_behind_a_Return()
    {
        var yaml = Flow(
            $"  - {{id: ret, type: {Core}debug.Return, format: \"{{{{ kv('A') }}}}\"}}\n  - {{id: say, type: {Core}log.Log, message: \"it is {{{{ outputs.ret.value }}}}\"}}\n" +
            $"  - id: each\n    type: {Core}flow.ForEach\n    values: [x, y]\n    tasks:\n      - {Sync("s", "targetNamespace: \"{{ kv(taskrun.value) }}\", gitDirectory: \"{{ outputs.ret.value }}\"")}\n");
        Assert.Equal(["A"], Expand(yaml).Needs.Select(n => n.Key));
        Assert.Equal(["x", "y"], Expand(yaml, c => c with { Kv = new Dictionary<KvName, string?> { [new("A", null)] = "\"hidden\"" } }).Needs.Select(n => n.Key));
        var known = Expand(yaml, c => c with { Kv = new Dictionary<KvName, string?> { [new("A", null)] = "\"hidden\"", [new("x", null)] = "\"one\"", [new("y", null)] = "\"two\"" } });
        Assert.Equal("'ret gives ***' 'say: it is ***' s[x] s[y]", Words(known));
        Assert.Equal([("one", "hidden"), ("two", "hidden")], known.Steps.OfType<FlowStep.Run>().Select(s => (s.Task.Scope.Namespace, s.Task.Git.Directory)));
    }

    [Fact]
    public void A_trigger_gives_its_own_inputs_and_a_value_of_Return_is_an_output()
    {
        var yaml = Flow(
            $"  - {{id: ret, type: {Core}debug.Return, format: \"{{{{ inputs.env }}}}.{{{{ labels.team }}}}\"}}\n  - {Sync("a", "targetNamespace: \"{{ outputs.ret.value }}\"")}\n",
            $"labels: {{team: core}}\ninputs:\n  - {{id: env, type: SELECT, values: [dev, prod], defaults: dev}}\ntriggers:\n  - {{id: nightly, type: {Core}trigger.Schedule, cron: '0 0 * * *', inputs: {{env: prod}}}}");
        Assert.Equal(["dev.core"], Scopes(Expand(yaml)));
        Assert.Equal(["prod.core"], Scopes(Expand(yaml, c => c with { TriggerId = "nightly" })));
    }

    [Theory]
    [InlineData("[]", "empty list")]
    [InlineData("''", "empty")]
    [InlineData("plain", "neither a list nor a map")]
    [InlineData("[a, '']", "value 2 of each is empty")]
    [InlineData("[a, null]", "value 2 of each is empty")]
    [InlineData("[a, b, a]", "value 3 of each stands there twice")]
    [InlineData("\"{{ vars.absent }}\"", "no variable `absent`")]
    [InlineData("[\"{{ secret('WEBHOOK_KEY') }}\"]", "draws on a secret")]
    [InlineData("\"{{ vars.secretly }}\"", "draws on a secret")]
    public void Values_that_no_loop_can_have_are_faults_at_load(string values, string says)
    {
        var fault = Load.Text(Flow($"  - id: each\n    type: {Core}flow.ForEach\n    values: {values}\n    tasks:\n      - {Sync("s")}\n", "variables: {secretly: [\"{{ secret('WEBHOOK_KEY') }}\"]}")).Faults;
        Assert.Contains(fault, f => f.Message.Contains(says, StringComparison.Ordinal) && f.Cure.Length > 0);
    }

    [Fact]
    public void Too_many_values_are_a_fault_at_load_and_in_a_run()
    {
        string Loop(string values) => $"  - id: each\n    type: {Core}flow.ForEach\n    values: {values}\n    tasks:\n      - {Sync("s")}\n";
        var many = "[" + string.Join(',', Enumerable.Range(0, 10_000)) + "]";
        Assert.Contains("10000 values", Assert.Single(Load.Text(Flow(Loop(many))).Faults).Message, StringComparison.Ordinal);
        var asked = Assert.Throws<RenderException>(() => Expand(Flow(Loop("\"{{ kv('ALL') }}\"")), c => c with { Kv = new Dictionary<KvName, string?> { [new("ALL", null)] = many } }));
        Assert.Contains("10000 values", asked.Message, StringComparison.Ordinal);
        var nested = string.Concat(Enumerable.Range(0, 4).Select(i => $"{new string(' ', 2 + i * 4)}- id: l{i}\n{new string(' ', 4 + i * 4)}type: {Core}flow.ForEach\n{new string(' ', 4 + i * 4)}values: [1,2,3,4,5,6,7,8,9,10]\n{new string(' ', 4 + i * 4)}tasks:\n"));
        Assert.Contains(Load.Text(Flow(nested + new string(' ', 18) + "- " + Sync("s") + "\n")).Faults, f => f.Message.Contains("more than 5000 tasks", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("outputs.later.commitId", "comes later")]
    [InlineData("outputs.self.commitId", "the task itself")]
    [InlineData("outputs.nobody.commitId", "does not have")]
    [InlineData("outputs.pussh.commitId", "does not have")]
    [InlineData("outputs.script.vars", "Kestra runs")]
    [InlineData("outputs.sync.flows", "no outputs here")]
    [InlineData("outputs.push.flows", "own storage")]
    [InlineData("outputs.push.commit", "no output `commit`")]
    [InlineData("outputs.say.value", "no outputs here")]
    [InlineData("taskrun.value", "stands in none")]
    public void An_expression_that_can_never_be_known_is_a_fault_at_load(string expression, string says)
    {
        var fault = Load.Fault(Flow(
            $"  - {Push("push")}\n  - {Sync("sync")}\n  - {{id: script, type: io.kestra.plugin.scripts.shell.Commands}}\n  - {{id: say, type: {Core}log.Log, message: hi}}\n  - {Push("self", $"commitMessage: \"{{{{ {expression} }}}}\"")}\n  - {Push("later")}\n"));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{id: env, type: STRING}", "required and has no default")]
    [InlineData("{type: STRING}", "has no id")]
    [InlineData("{id: env, type: STRING, defaults: a}\n  - {id: env, type: STRING, defaults: a}", "Two inputs")]
    [InlineData("{id: env, type: INT, defaults: many}", "is of type INT")]
    public void An_input_that_nobody_can_give_is_a_fault(string input, string says) =>
        Assert.Contains(says, Load.Fault(Flow($"  - {Sync("a", "targetNamespace: \"n{{ inputs.env ?? '' }}\"")}\n", $"inputs:\n  - {input}")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_stands_around_tasks_is_checked_too()
    {
        string Fault(string shape) => string.Join('\n', Load.Text(Flow(shape)).Faults);
        Assert.Contains("`value`", Fault($"  - id: each\n    type: {Core}flow.ForEach\n    value: [a]\n    tasks:\n      - {Sync("s")}\n"), StringComparison.Ordinal);
        Assert.Contains("breakWhen", Fault($"  - id: each\n    type: {Core}flow.Loop\n    values: [a]\n    breakWhen: x\n    tasks:\n      - {Sync("s")}\n"), StringComparison.Ordinal);
        Assert.Contains("under `errors`", Fault($"  - id: group\n    type: {Core}flow.Sequential\n    tasks:\n      - {Sync("s")}\n    errors:\n      - {Sync("t")}\n"), StringComparison.Ordinal);
        Assert.Contains("Two tasks have the id s", Fault($"  - id: group\n    type: {Core}flow.Sequential\n    tasks:\n      - {Sync("s")}\n      - {Sync("s")}\n"), StringComparison.Ordinal);
        Assert.Contains("ForEach", Fault($"  - id: group\n    type: {Core}flow.Dag\n    tasks:\n      - {{task: {Sync("s")}}}\n"), StringComparison.Ordinal);
        Assert.Contains("draws on a secret", Fault($"  - {{id: ret, type: {Core}debug.Return, format: \"{{{{ secret('WEBHOOK_KEY') }}}}\"}}\n  - {Sync("s")}\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flow.Pause")]
    [InlineData("execution.Fail")]
    [InlineData("flow.Approval")]
    public void What_holds_up_a_git_task_is_not_skipped_in_silence(string type)
    {
        string With(string gate, bool before) => Flow(before ? $"  - {gate}\n  - {Push("push")}\n" : $"  - {Push("push")}\n  - {gate}\n");
        var gate = $"{{id: gate, type: {Core}{type}}}";
        var fault = Load.Fault(With(gate, before: true));
        Assert.Contains($"gate ({Core}{type}) holds up what follows it, as push", fault.Message, StringComparison.Ordinal);
        Load.Good(With(gate, before: false));
        Load.Good(With(gate.Replace("}", ", disabled: true}", StringComparison.Ordinal), before: true));
    }

    [Fact]
    public void Branches_and_values_of_the_payload_are_found_wherever_they_stand()
    {
        var loop = Load.Good(Flow($"  - id: each\n    type: {Core}flow.ForEach\n    values: [dev, prod]\n    tasks:\n      - {Sync("s", "targetNamespace: a, branch: \"{{ taskrun.value }}\"")}\n"));
        Assert.Equal(["dev", "prod"], loop.TaskBranches!);
        Assert.Equal(["release"], Load.Good(Flow($"  - {Sync("s", "targetNamespace: a, branch: \"{{ inputs.branch }}\"")}\n", "inputs:\n  - {id: branch, type: STRING, defaults: release}")).TaskBranches!);
        foreach (var branch in new[] { "{{ kv('BRANCH') }}", "{{ inputs.branch }}", "{{ outputs.ret.value }}", "{{ trigger.body.ref }}" })
            Assert.Null(Load.Good(Flow(
                $"  - {{id: ret, type: {Core}debug.Return, format: x}}\n  - {Sync("s", $"targetNamespace: a, branch: \"{branch}\"")}\n",
                $"inputs:\n  - {{id: branch, type: STRING, defaults: x}}\ntriggers:\n  - {{id: hook, type: {Core}trigger.Webhook, key: k, inputs: {{branch: y}}}}")).TaskBranches);
        var paths = Load.Good(Flow($"  - id: if\n    type: {Core}flow.If\n    condition: \"{{{{ trigger.body.deleted }}}}\"\n    then:\n      - {Sync("s", "targetNamespace: a, runIf: \"{{ trigger.body.ref }}\"")}\n"));
        Assert.Equal(["body.deleted", "body.ref"], paths.PayloadPaths);
        Assert.Equal(["if", "s"], paths.Tasks.Select(t => t.Id));
    }
}
