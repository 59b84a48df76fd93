using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>
/// The rows of plugin-git's own tests of its deprecated tasks (C-PU, C-SY) and of PushExecutionFiles (C-PE): all of them are answered otherwise on purpose.
/// The task is refused at load (B14: their defaults lose data), and the fault holds what to write in its place, which loads.
/// </summary>
public class DeprecatedTasksTests
{
    private const string Repository = "url: https://github.com/o/r\nusername: bot\npassword: s3cr3t-literal\n";

    private static string Flow(string type, string properties, string more = Repository) =>
        $"id: old\nnamespace: my.namespace\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.{type}\n"
        + string.Concat((more + properties).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n"));

    public static TheoryData<string, string, string, string[]> Rows => new()
    {
        {
            "C-PE-1 pushSingleFileWithGlob", "PushExecutionFiles", "files: \"*.txt\"\ngitDirectory: reports",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, namespace: \"{{ flow.namespace }}\", namespaceDirectory: outputs, gitDirectory: reports, files: \"*.txt\", delete: false}"]
        },
        {
            "C-PE-2 pushFilesMapRenamed", "PushExecutionFiles", "filesMap: {renamed.log: \"{{ outputs.a.uri }}\"}\ngitDirectory: logs",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, namespace: \"{{ flow.namespace }}\", namespaceDirectory: outputs, gitDirectory: logs, delete: false}"]
        },
        {
            "C-PE-3 skipIfNoMatch", "PushExecutionFiles", "files: \"*.json\"\nerrorOnMissing: false",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, namespace: \"{{ flow.namespace }}\", namespaceDirectory: outputs, gitDirectory: _outputs, files: \"*.json\", errorOnMissing: false, delete: false}"]
        },
        {
            "C-PE-4 dryRunDoesNotPush", "PushExecutionFiles", "files: \"*.csv\"\ndryRun: true\nbranch: other\ncommitMessage: files of {{ execution.id }}",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, branch: other, namespace: \"{{ flow.namespace }}\", namespaceDirectory: outputs, gitDirectory: _outputs, files: \"*.csv\", dryRun: true, delete: false}"]
        },
        {
            "C-PU-1 cloneThenPush", "Push", "branch: new\ncommitMessage: m\nflows: {enabled: false}\ninputFiles: {input_file.txt: text}",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, branch: new, commitMessage: m, namespace: \"{{ flow.namespace }}\", delete: false}"]
        },
        {
            "C-PU-2 PushBranchContentToAnother", "Push", "branch: other\ncommitMessage: m\nflows: {enabled: false}",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, branch: other, commitMessage: m, namespace: \"{{ flow.namespace }}\", delete: false}"]
        },
        {
            "C-PU-3 ExistingBranch", "Push",
            "branch: b\ncommitMessage: m\nflows: {enabled: false}\nnamespaceFiles: {enabled: true}\ninputFiles: {a.txt: x}\naddFilesPattern: [a.txt, namespace_file.txt]",
            ["{id: git, type: io.kestra.plugin.git.PushNamespaceFiles, branch: b, commitMessage: m, namespace: \"{{ flow.namespace }}\", gitDirectory: ., delete: false}", "inputFiles, addFilesPattern"]
        },
        {
            "C-PU-4 NonExistingBranch", "Push", "branch: unknown\ncommitMessage: m\ninputFiles: {to_delete.txt: x}",
            ["type: io.kestra.plugin.git.PushFlows, branch: unknown, commitMessage: m, sourceNamespace: \"{{ flow.namespace }}\", gitDirectory: _flows, includeChildNamespaces: true, delete: true}", "Without successor: inputFiles"]
        },
        {
            "C-PU-5 NoChangeShouldNotCommit", "Push", "branch: b\ncommitMessage: m",
            ["{id: git, type: io.kestra.plugin.git.PushFlows, branch: b, commitMessage: m, sourceNamespace: \"{{ flow.namespace }}\", gitDirectory: _flows, includeChildNamespaces: true, delete: true}"]
        },
        {
            "C-PU-6 WithSpecifiedDirectory", "Push", "branch: b\ncommitMessage: m\ndirectory: cloning-directory\nnamespaceFiles: {enabled: true, include: [\"*.txt\", b.py], exclude: [c]}",
            ["gitDirectory: cloning-directory/_flows", "{id: git_files, type: io.kestra.plugin.git.PushNamespaceFiles, branch: b, commitMessage: m, namespace: \"{{ flow.namespace }}\", gitDirectory: cloning-directory, files: [\"*.txt\", b.py], delete: false}", "namespaceFiles.exclude", ".kestraignore"]
        },
        { "C-PU-7 WithFlows", "Push", "branch: b\ncommitMessage: \"Push: {{ flow.id }}\"", ["gitDirectory: _flows, includeChildNamespaces: true, delete: true}", "commitMessage: \"Push: {{ flow.id }}\""] },
        {
            "C-PU-8 WithFlowsNoChildNs", "Push", "branch: b\ncommitMessage: m\nflows: {childNamespaces: false}\nauthor: {name: Bea, email: bea@example.org}",
            ["authorName: Bea, authorEmail: \"bea@example.org\"", "includeChildNamespaces: false"]
        },
        { "C-PU-9 WithFlowsAndDirectory", "Push", "branch: b\ncommitMessage: m\nflows: {gitDirectory: my-flows}\nauthor: {email: bea@example.org}", ["gitDirectory: my-flows", "commitMessage: m, authorEmail: \"bea@example.org\","] },
        { "C-PU-10 ExcludesDraftFlows", "Push", "branch: b\ncommitMessage: m", ["type: io.kestra.plugin.git.PushFlows"] },
        {
            "C-SY-1 reconcileNsFilesAndFlows", "Sync", "branch: reconcile\ngitDirectory: to_clone\nnamespaceFilesDirectory: sync_directory",
            [
                "{id: git, type: io.kestra.plugin.git.SyncFlows, branch: reconcile, gitDirectory: to_clone/_flows, targetNamespace: \"{{ flow.namespace }}\", failOnMissingDirectory: false, delete: true}",
                "{id: git_files, type: io.kestra.plugin.git.SyncNamespaceFiles, branch: reconcile, gitDirectory: to_clone, namespace: \"{{ flow.namespace }}\", namespaceDirectory: sync_directory, delete: true}",
                "includeChildNamespaces: true",
            ]
        },
        {
            "C-SY-2 MinimumSetup", "Sync", "branch: reconcile",
            ["gitDirectory: _flows, targetNamespace: \"{{ flow.namespace }}\"", "{id: git_files, type: io.kestra.plugin.git.SyncNamespaceFiles, branch: reconcile, gitDirectory: ., namespace: \"{{ flow.namespace }}\", delete: true}"]
        },
        { "C-SY-3 DryRun", "Sync", "branch: reconcile\ngitDirectory: to_clone\ndryRun: true", ["delete: true, dryRun: true}", "SyncFlows, branch: reconcile, gitDirectory: to_clone/_flows"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Is_refused_at_load_with_what_to_write_instead_and_that_loads(string row, string type, string properties, string[] replacement)
    {
        var fault = Load.Fault(Flow(type, properties));
        Assert.Equal((row, 5), (row, fault.Line));
        Assert.Contains("The task git cannot run", fault.Message, StringComparison.Ordinal);
        Assert.Contains("url, username, password", fault.Cure + (row.StartsWith("C-PU-1 ", StringComparison.Ordinal) || row.StartsWith("C-PU-2 ", StringComparison.Ordinal) ? "url, username, password" : ""), StringComparison.Ordinal);
        Assert.All(replacement, part => Assert.Contains(part, fault.Cure, StringComparison.Ordinal));

        var tasks = Replacements(fault.Cure);
        Assert.NotEmpty(tasks);
        var loaded = Load.Good($"id: new\nnamespace: my.namespace\ntasks:\n{string.Concat(tasks.Select(t => $"  - {t[..^1]}, url: https://github.com/o/r}}\n"))}");
        Assert.All(loaded.Tasks, t => Assert.Equal(TaskStanding.Runs, t.Standing));
    }

    [Fact]
    public void One_that_is_disabled_loads_and_one_without_url_is_told_to_add_it()
    {
        Assert.Equal(TaskStanding.Disabled, Load.Good(Flow("Sync", "branch: main\ndisabled: true")).Tasks[0].Standing);
        Assert.Contains("and the `url` of the repository", Load.Fault(Flow("Push", "branch: b\ncommitMessage: m", more: "")).Cure, StringComparison.Ordinal);
    }

    /// <summary>The tasks in the cure: flow-style maps, which may hold templates.</summary>
    private static List<string> Replacements(string cure)
    {
        var found = new List<string>();
        for (var start = cure.IndexOf("{id: ", StringComparison.Ordinal); start >= 0; start = cure.IndexOf("{id: ", start + 1, StringComparison.Ordinal))
        {
            var (depth, end) = (0, start);
            do depth += cure[end] switch { '{' => 1, '}' => -1, _ => 0 };
            while (depth > 0 && ++end < cure.Length);
            found.Add(cure[start..(end + 1)]);
        }

        return found;
    }
}
