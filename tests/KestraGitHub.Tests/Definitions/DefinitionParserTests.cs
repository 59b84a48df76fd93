using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public class DefinitionParserTests
{
    private const string Wrapped = "id: a\nnamespace: b\ntasks:\n  - id: outer\n    type: io.kestra.plugin.core.flow.TYPE\n    tasks:\n      - id: mid\n        type: io.kestra.plugin.core.flow.Sequential\n        tasks:\n          - {id: inner, type: io.kestra.plugin.git.SyncFlows}\n";

    [Theory]
    [InlineData("targetNamespce: x", "`targetNamespce` is no property", "`targetNamespace`")]
    [InlineData("brnach: x", "`brnach`", "`branch`")]
    [InlineData("<<: {a: b}", "`<<`", "")]
    [InlineData("delete: maybe", "neither true nor false", "")]
    [InlineData("connectTimeout: soon", "whole number", "")]
    [InlineData("connectTimeout: 0", "is no time", "")]
    [InlineData("branch: [main]", "is no text", "")]
    [InlineData("gitConfig: x", "is no map", "")]
    [InlineData("auth: x", "is no map", "")]
    [InlineData("auth: {user: x}", "`user`", "`username`")]
    [InlineData("timeout: 5 minutes", "ISO-8601", "PT10M")]
    [InlineData("timeout: PT", "ISO-8601", "PT10M")]
    [InlineData("retry: {type: constant, interval: 5s, maxAttempts: 3}", "ISO-8601", "")]
    [InlineData("runIf: \"{{ execution.state }}\"", "runIf", "vars")]
    [InlineData("pluginDefaultsRef: x", "pluginDefaultsRef", "")]
    [InlineData("disabled: perhaps", "neither true nor false", "")]
    [InlineData("branch: \"{{ inputs.branch }}\"", "no input `branch`", "inputs")]
    [InlineData("password: \"{{ secret('NOBODY') }}\"", "`NOBODY` does not exist", "SECRET_NOBODY")]
    [InlineData("branch: \"{{ trigger.headers.authorization }}\"", "authorization", "")]
    [InlineData("branch: \"{{ vars.x }}\"", "no variable `x`", "variables")]
    public void A_wrong_line_of_a_task_is_one_fault_at_its_place(string line, string message, string cure)
    {
        var fault = Load.Fault(Load.Sync(line));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Contains(cure, fault.Cure, StringComparison.Ordinal);
        Assert.Equal(("a.yml", 9), (fault.File, fault.Line));
        Assert.True(fault.Column > 4);
    }

    [Theory]
    [InlineData("taks: []", "`tasks`")]
    [InlineData("x-kestra-github: {debonce: PT1S}", "`debounce`")]
    [InlineData("x-kestra-github: {debounce: 2s}", "PT2S")]
    [InlineData("x-kestra-github: {debounce: PT2H}", "PT2S")]
    [InlineData("x-kestra-github: {kestra: produktion}", "prod")]
    [InlineData("x-kestra-github: {tenant: A/B}", "lower-case")]
    [InlineData("x-kestra-github: {tenant: runs}", "Name another in `x-kestra-github.tenant`")]
    [InlineData("x-kestra-github: {webhookSecrets: [\"{{ secret('EMPTY') }}\"]}", "service's own")]
    [InlineData("x-kestra-github: {webhookSecrets: \"{{ secret('NOBODY') }}\"}", "SECRET_NOBODY")]
    [InlineData("x-kestra-github: {branches: {a: b}}", "list")]
    [InlineData("x-kestra-github: text", "level")]
    [InlineData("disabled: perhaps", "`true`")]
    [InlineData("variables: text", "name: value")]
    [InlineData("errors:\n  - {id: e, type: io.kestra.plugin.git.SyncFlows}", "`tasks`")]
    [InlineData("triggers: {}", "dash")]
    [InlineData("triggers:\n  - {id: t}", "type")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook}", "key")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: ''}", "guess")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ secret('EMPTY') }}\"}", "guess")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ trigger.body.key }}\"}", "before")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: k, conditions: [{type: x}]}", "branches")]
    [InlineData("triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: k, when: \"{{ trigger.body.ref }}\"}", "branches")]
    [InlineData("triggers:\n  - {id: s, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * *'}", "unix cron")]
    [InlineData("triggers:\n  - {id: s, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * *', timezone: Europe/Pari}", "IANA")]
    [InlineData("triggers:\n  - {id: s, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * *', recoverMissedSchedules: SOME}", "LAST")]
    [InlineData("pluginDefaults: {}", "dash")]
    [InlineData("pluginDefaults:\n  - {values: {}}", "type")]
    [InlineData("pluginDefaults:\n  - {type: io.kestra.plugin.git, values: {brnch: x}}", "`branch`")]
    public void A_wrong_part_of_a_flow_is_one_fault_with_its_cure(string flow, string cure) =>
        Assert.Contains(cure, Load.Fault(Load.Sync(flow: flow)).Cure, StringComparison.Ordinal);

    [Theory]
    [InlineData("runs")]
    [InlineData("deliveries")]
    [InlineData("definitions")]
    public void A_tenant_of_the_configuration_is_no_path_of_the_API_either(string tenant)
    {
        var world = Load.World with { Tenant = tenant };
        Assert.Contains($"`{tenant}`", Load.Fault(Load.Sync(), world).Message, StringComparison.Ordinal);
        Assert.Equal("main", Load.Good(Load.Sync(flow: "x-kestra-github: {tenant: main}"), world).Key.Tenant);
    }

    [Fact]
    public void A_key_that_no_address_can_hold_is_warned_of() => Assert.Contains(
        "cannot be called", Assert.Single(Load.Good(Load.Sync(flow: "triggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook, key: ..}")).Warnings).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_may_have_256_characters_and_no_more()
    {
        string With(int length) => Load.Sync(flow: $"triggers:\n  - {{id: w, type: io.kestra.core.models.triggers.types.Webhook, key: {new string('k', length)}}}");
        Assert.Single(Load.Good(With(256)).Webhooks);
        Assert.Contains("256", Load.Fault(With(257)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once_in_the_order_of_the_file()
    {
        var parsed = Load.Text("id: -bad\nnamespace: UPPER\nfoo: 1\ntasks:\n  - id: a\n    type: io.kestra.plugin.git.SyncFlows\n    brnch: x\n    delete: maybe\n    password: \"{{ secret('NOBODY') }}\"\n  - id: a\n    type: io.kestra.plugin.git.SyncFlws\ntriggers:\n  - {id: w, type: io.kestra.plugin.core.trigger.Webhook}\n");
        Assert.Equal([1, 2, 3, 5, 5, 7, 8, 9, 10, 11, 13], parsed.Faults.Select(f => f.Line));
        Assert.All(parsed.Faults, f => Assert.NotEmpty(f.Cure));
    }

    [Theory]
    [InlineData("Dag")]
    [InlineData("Pause")]
    [InlineData("AllowFailure")]
    [InlineData("ForEachItem")]
    [InlineData("LoopUntil")]
    [InlineData("Subflow")]
    public void Control_flow_around_a_git_task_names_both(string type)
    {
        var fault = Load.Fault(Wrapped.Replace("TYPE", type, StringComparison.Ordinal));
        Assert.Contains("inner", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"outer (io.kestra.plugin.core.flow.{type})", fault.Message, StringComparison.Ordinal);
        Assert.Equal(10, fault.Line);
    }

    [Fact]
    public void Other_tasks_beside_a_sync_are_foreign_with_a_warning()
    {
        var definition = Load.Good(Load.Sync().Replace("tasks:", "tasks:\n  - {id: log, type: io.kestra.plugin.core.log.Log, message: \"{{ outputs.x }}\"}\n  - {id: each, type: io.kestra.plugin.core.flow.ForEach, tasks: [{id: l, type: io.kestra.plugin.core.log.Log}]}", StringComparison.Ordinal));
        Assert.Equal([TaskStanding.Local, TaskStanding.Foreign, TaskStanding.Runs], definition.Tasks.Select(t => t.Standing));
        Assert.Equal([5, 6], definition.Warnings.Select(w => w.Line));
    }

    [Theory]
    [InlineData("from {{ execution.state }}", "execution")]
    [InlineData("{{ secret('NOBODY') }}", "NOBODY")]
    public void What_only_Kestra_knows_is_a_fault_in_any_task(string text, string said) => Assert.Contains(
        said, Load.Fault($"id: a\nnamespace: b\ntasks:\n  - {{id: t, type: io.kestra.plugin.git.Clone, url: https://h/r, directory: \"{text}\"}}\n").Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_flow_without_a_git_task_is_no_sync() =>
        Assert.Contains("no sync", Load.Fault("id: a\nnamespace: b\ntasks:\n  - {id: l, type: io.kestra.plugin.core.log.Log}\n").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("disabled: true", TaskStanding.Disabled)]
    [InlineData("disabled: \"{{ vars.off ?? 'true' }}\"", TaskStanding.Disabled)]
    [InlineData("disabled: \"false\"", TaskStanding.Runs)]
    [InlineData("runIf: true", TaskStanding.Runs)]
    [InlineData("runIf: \"false\"", TaskStanding.Disabled)]
    public void A_task_can_be_switched_off(string line, TaskStanding standing) => Assert.Equal(standing, Load.Good(Load.Sync(line)).Tasks[0].Standing);

    [Theory]
    [InlineData("../x", "leads out")]
    [InlineData("_flows/x", "keeps for flows")]
    [InlineData("a b", "no folder")]
    [InlineData("\"{{ envs.nothing ?? '' }}\"", "is empty")]
    public void A_namespace_directory_that_cannot_be_is_a_fault(string folder, string says) =>
        Assert.Contains(says, Load.Fault(Files($"namespaceDirectory: {folder}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("namespaceDirectory: /sub/./dir/", "sub/dir")]
    [InlineData("namespaceDirectory: \"\"", "")]
    [InlineData("delete: true", "")]
    public void A_namespace_directory_is_the_folder_of_the_scope(string line, string folder) => Assert.Equal(folder, Load.Render(Files(line)).Scope.Folder);

    private static string Files(string line) =>
        $"id: a\nnamespace: b\ntasks:\n  - id: t\n    type: io.kestra.plugin.git.SyncNamespaceFiles\n    url: https://h/r\n    {line}\n";

    [Fact]
    public void Every_known_member_of_a_flow_is_taken()
    {
        var definition = Load.Good(Load.Sync(
            "logLevel: DEBUG\nallowFailure: true\nretry: {type: exponential, interval: PT1S, maxAttempts: 3, maxInterval: PT10S}\ntimeout: PT5M",
            "description: text\nlabels: {a: b}\ninputs: []\noutputs: []\nerrors: []\nfinally: []\nconcurrency: {limit: 1}\nsla: []\nrevision: 3\ndisabled: true\nworkerGroup: {key: a}\nlisteners: []\nretry: {type: constant}\ntenantId: x"));
        Assert.True(definition.Disabled);
        Assert.Equal("text", definition.Description);
        Assert.Contains(definition.Warnings, w => w.Message.Contains("finally", StringComparison.Ordinal));
        Assert.Contains(definition.Warnings, w => w.Message.Contains("allows its failure", StringComparison.Ordinal));
    }

    [Fact]
    public void Triggers_are_read_and_their_switches_honoured()
    {
        var definition = Load.Good(Load.Sync(flow: """
            triggers:
              - {id: one, type: io.kestra.plugin.core.trigger.Webhook, key: k1}
              - {id: two, type: io.kestra.core.models.triggers.types.Webhook, key: "{{ secret('WEBHOOK_KEY') }}", disabled: true}
              - {id: three, type: io.kestra.core.models.triggers.types.Schedule, cron: "*/5 * * * * *", withSeconds: true, timezone: Europe/Paris, backfill: {}, lateMaximumDelay: PT1H, recoverMissedSchedules: NONE, inputs: {a: b}}
              - {id: four, type: io.kestra.plugin.core.trigger.Flow}
            """));
        Assert.Equal([new WebhookTrigger("one", new("k1"), false), new("two", new("s3cr3t-key"), true)], definition.Webhooks);
        Assert.Equal(new ScheduleTrigger("three", "*/5 * * * * *", true, "Europe/Paris", false), Assert.Single(definition.Schedules));
        Assert.Contains("four", Assert.Single(definition.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_keys_are_read()
    {
        var definition = Load.Good(Load.Sync(flow: "x-kestra-github: {tenant: acme, kestra: prod, webhookSecrets: [a, \"{{ secret('WEBHOOK_KEY') }}\"], branches: \"release/*\", paths: [flows/**], debounce: PT0S}"));
        Assert.Equal("acme/system/sync", definition.Key.ToString());
        var options = definition.Options;
        Assert.Equal(("prod", TimeSpan.Zero), (options.Kestra, options.Debounce));
        Assert.Equal([new Secret("a"), new Secret("s3cr3t-key")], options.WebhookSecrets);
        Assert.Equal(["release/*"], options.Branches);
        Assert.Equal(["flows/**"], options.Paths);
        Assert.Equal(DefinitionOptions.Default, Load.Good(Load.Sync()).Options);
    }

    [Fact]
    public void What_expressions_draw_on_is_known_at_load_also_through_variables()
    {
        var definition = Load.Good(Load.Sync(
            "branch: \"{{ vars.ref ?? 'main' }}\"\npassword: \"{{ secret('GITHUB_ACCESS_TOKEN') }}\"\ngitDirectory: \"{{ trigger.headers['X-GitHub-Event'] }}\"", "variables: {ref: \"{{ trigger.body.commits[0].ref }}\"}"));
        Assert.Equal(["body.commits[0].ref", "headers.x-github-event"], definition.PayloadPaths);
        Assert.Equal(["GITHUB_ACCESS_TOKEN"], definition.SecretNames);
    }

    [Fact]
    public void The_name_of_a_broken_file_is_known_where_it_says_it() =>
        Assert.Equal(new SyncKey("main", "system", "sync"), Load.Text(Load.Sync("delete: maybe")).Key);

    [Fact]
    public void Defaults_of_the_flow_count_where_a_task_says_nothing_and_forced_ones_always()
    {
        var task = Load.Render(Load.Sync("branch: own\ndelete: false", """
            pluginDefaults:
              - {type: io.kestra.plugin.git, values: {branch: other, gitDirectory: dir, auth: {username: u}}}
              - {type: io.kestra.plugin.git.SyncFlows, forced: true, values: {delete: true, auth: {password: "{{ secret('KESTRA_PASSWORD') }}"}}}
              - {type: io.kestra.plugin.git.SyncFlow, values: {flowPath: x}}
            """));
        Assert.Equal(("own", "dir", KestraGitHub.Reconciliation.WhenMissing.Delete), (task.Git.Branch, task.Git.Directory, task.Policy.WhenMissing));
        Assert.Equal(("u", "s3cr3t-pw"), (task.Kestra.Auth.Username, task.Kestra.Auth.Password!.Reveal()));
    }
}
