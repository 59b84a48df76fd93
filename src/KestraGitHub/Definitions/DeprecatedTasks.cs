using System.Text.Json;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>
/// Tasks of the plugin that are not carried out, and what to write in their place (plugin-git.md, sections 2.5, 2.10 and 2.11). Their defaults lose
/// data (B14), so none of them runs as something like it; the replacement stands in the fault, with the values of the task.
/// </summary>
internal static partial class DeprecatedTasks
{
    private const string FlowNamespace = "{{ flow.namespace }}";

    // They may hold a credential, so they are named and not repeated.
    private static readonly string[] Connection =
        ["url", "username", "password", "privateKey", "passphrase", "trustedCaPemPath", "gitConfig", "kestraUrl", "auth", "cloneSubmodules"];

    private static readonly string[] WithoutSuccessor = ["inputFiles", "addFilesPattern"];

    /// <summary>Null for a task that is not one of them.</summary>
    public static (string Reason, string Cure)? Refusal(string name, string id, MapValue task) => name switch
    {
        "Sync" => ("`Sync` is deprecated since plugin-git 1.0.0; it deletes whatever Git does not hold, and hides flows that fail.", Sync(id, task)),
        "Push" => ("`Push` is deprecated since plugin-git 1.0.0; it removes every file of the branch that it does not write itself.", Push(id, task)),
        "PushExecutionFiles" => (
            "`PushExecutionFiles` takes files of an execution, which lie inside Kestra where no other service reads them.", ExecutionFiles(id, task)),
        _ => null,
    };

    private static string Sync(string id, MapValue task)
    {
        var root = (Text(task["gitDirectory"]) ?? "").Trim('/');
        var rest = $"branch: {Text(task["branch"]) ?? "main"}";
        var end = task["dryRun"] is ScalarValue { Text: { } dryRun } ? $"delete: true, dryRun: {Word(dryRun)}" : "delete: true";
        return Write(task,
            [
                Task(id, "SyncFlows", rest, Pair("gitDirectory", root.Length == 0 ? "_flows" : $"{root}/_flows"), Pair("targetNamespace", FlowNamespace),
                    "failOnMissingDirectory: false", end),
                Task($"{id}_files", "SyncNamespaceFiles", rest, Pair("gitDirectory", root.Length == 0 ? "." : root), Pair("namespace", FlowNamespace),
                    Copy(task, "namespaceFilesDirectory", "namespaceDirectory"), end),
            ],
            "Flows of a child namespace go into a folder of its name, with includeChildNamespaces: true.");
    }

    private static string Push(string id, MapValue task)
    {
        var (flows, files, author) = (task["flows"] as MapValue, task["namespaceFiles"] as MapValue, task["author"] as MapValue);
        var root = (Text(task["directory"]) ?? "").Trim('/');
        var rest = string.Join(", ", ((string[])[Copy(task, "branch"), Copy(task, "commitMessage"), Copy(author, "name", "authorName"), Copy(author, "email", "authorEmail")])
            .Where(p => p.Length > 0));
        var below = Text(flows?["gitDirectory"])?.Trim('/') ?? "_flows";
        List<string> tasks = [];
        if (Word(Text(flows?["enabled"]) ?? "true") != "false")
            tasks.Add(Task(id, "PushFlows", rest, Pair("sourceNamespace", FlowNamespace), Pair("gitDirectory", root.Length == 0 ? below : $"{root}/{below}"),
                $"includeChildNamespaces: {Word(Text(flows?["childNamespaces"]) ?? "true")}", "delete: true"));
        if (files is not null && Word(Text(files["enabled"]) ?? "true") != "false")
            tasks.Add(Task(tasks.Count == 0 ? id : $"{id}_files", "PushNamespaceFiles", rest, Pair("namespace", FlowNamespace),
                Pair("gitDirectory", root.Length == 0 ? "." : root), Copy(files, "include", "files"), "delete: false"));
        var lost = WithoutSuccessor.Where(p => task[p] is not null).Concat(files?["exclude"] is null ? [] : ["namespaceFiles.exclude"]).ToList();
        var left = lost.Count == 0 ? "" : $"Without successor: {string.Join(", ", lost)}; commit such files by hand, and leave files out by a .kestraignore in Git.";
        return tasks.Count > 0 ? Write(task, tasks, left)
            : $"Nothing here pushes files of a run. Store them as namespace files in Kestra (io.kestra.plugin.core.namespace.UploadFiles), and push them with {Task(id, "PushNamespaceFiles", rest, Pair("namespace", FlowNamespace), "delete: false")}.";
    }

    private static string ExecutionFiles(string id, MapValue task)
    {
        var message = Text(task["commitMessage"])?.Contains("execution.", StringComparison.Ordinal) == true ? "" : Copy(task, "commitMessage");
        var pushed = Write(task,
            [
                Task(id, "PushNamespaceFiles", Copy(task, "branch"), message, Copy(task, "authorName"), Copy(task, "authorEmail"), Pair("namespace", FlowNamespace),
                    "namespaceDirectory: outputs", Pair("gitDirectory", Text(task["gitDirectory"]) ?? "_outputs"), Copy(task, "files"), Copy(task, "errorOnMissing"),
                    Copy(task, "dryRun"), "delete: false"),
            ],
            task["filesMap"] is null ? "" : "The names of filesMap are given by UploadFiles.");
        return $"In the flow that makes them, upload them with io.kestra.plugin.core.namespace.UploadFiles to `destination: outputs`. {pushed}";
    }

    private static string Write(MapValue task, IReadOnlyList<string> tasks, string note)
    {
        var same = Connection.Where(p => task[p] is not null).ToList();
        var kept = same.Count == 0 ? "" : $", with its {string.Join(", ", same)}";
        if (task["url"] is null) kept += " and the `url` of the repository";
        return $"Write instead of it{kept}: {string.Join(" and ", tasks)}.{(note.Length == 0 ? "" : " " + note)}";
    }

    private static string Task(string id, string type, params string[] properties) =>
        $"{{{string.Join(", ", ((string[])[Pair("id", id), $"type: {GitTasks.Prefix}{type}", .. properties]).Where(p => p.Length > 0))}}}";

    private static string Copy(MapValue? from, string name, string? to = null) => from?[name] switch
    {
        ScalarValue { Text: { } text } => Pair(to ?? name, text),
        ListValue list => $"{to ?? name}: [{string.Join(", ", list.Items.Select(i => Word(Text(i) ?? "")))}]",
        _ => "",
    };

    private static string Pair(string name, string text) => $"{name}: {Word(text)}";

    /// <summary>Plain where YAML reads it as it stands, else quoted.</summary>
    private static string Word(string text) => Plain().IsMatch(text) ? text : JsonSerializer.Serialize(text, Relaxed);

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string? Text(PropertyValue? value) => (value as ScalarValue)?.Text;

    [GeneratedRegex(@"^[A-Za-z0-9_./][A-Za-z0-9_./-]*\z")]
    private static partial Regex Plain();
}
