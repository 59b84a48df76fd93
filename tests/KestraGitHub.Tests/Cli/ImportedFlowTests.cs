using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

public sealed class ImportedFlowTests
{
    private const string Good =
        """
        id: sync
        namespace: system.git
        tasks:
          - id: each
            type: io.kestra.plugin.core.flow.ForEach
            values: [a, b]
            tasks:
              - id: git
                type: io.kestra.plugin.git.SyncFlows
                url: https://github.com/acme/flows
                username: git
                password: "{{ secret('GIT_TOKEN') }}"
                branch: main
                targetNamespace: "{{ taskrun.value }}"
        triggers:
          - id: hook
            type: io.kestra.plugin.core.trigger.Webhook
            key: "{{ secret('HOOK_KEY') }}"
          - id: old
            type: io.kestra.plugin.core.trigger.Webhook
            key: a-plain-key-nobody-may-see
            disabled: true
        """;

    [Fact]
    public void A_flow_that_loads_says_its_tasks_secrets_and_hooks_and_no_key()
    {
        var flow = Of(Good)!;
        Assert.Equal(("ready", "system.git", "sync", "system.git/sync.yaml"), (flow.State, flow.Namespace, flow.Flow, flow.File));
        Assert.Equal(["SyncFlows"], flow.Tasks);
        Assert.Equal(["GIT_TOKEN", "HOOK_KEY"], flow.Secrets);
        Assert.Equal(["/webhook/acme/system.git/sync/<key of hook>"], flow.Webhooks);
    }

    [Fact]
    public void What_is_not_supported_is_said_with_its_place_and_cure()
    {
        var flow = Of(Good.Replace("io.kestra.plugin.git.SyncFlows", "io.kestra.plugin.git.Sync", StringComparison.Ordinal))!;
        Assert.Equal("faulty", flow.State);
        Assert.Contains(flow.Faults, f => f is { File: "system.git/sync.yaml", Line: > 0 } && f.Cure.Contains("SyncFlows", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("id: a\nnamespace: b\ntasks:\n  - id: l\n    type: io.kestra.plugin.core.log.Log\n    message: io.kestra.plugin.git.SyncFlows")]
    [InlineData("id: a\nnamespace: b\n# type: io.kestra.plugin.git.SyncFlows\ntasks: []")]
    public void A_flow_that_only_speaks_of_the_plugin_is_none(string text) => Assert.Null(Of(text));

    [Fact]
    public void A_clone_for_the_tasks_of_an_execution_stays_in_Kestra()
    {
        var flow = Of("id: a\nnamespace: b\ntasks:\n  - id: w\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n    tasks:\n      - id: c\n        type: io.kestra.plugin.git.Clone\n        url: https://h/r\n")!;
        Assert.Equal("left", flow.State);
        Assert.Contains("Clone", flow.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_could_lead_out_of_the_folder_is_never_a_file()
    {
        var flow = Of(Good.Replace("namespace: system.git", "namespace: ../../etc", StringComparison.Ordinal))!;
        Assert.Equal(("left", ""), (flow.State, flow.File));
    }

    private static ImportedFlow? Of(string text) => ImportedFlow.Of(text, OwnEnvironment.AnywhereOf("acme"));
}
