using System.Text.Encodings.Web;
using System.Text.Json;
using KestraGitHub.Definitions;

namespace KestraGitHub.Dashboard;

/// <summary>What the guided set-up asks: enough for a first definition. All of it is what somebody typed.</summary>
/// <param name="Kind">A task's short name, one of <see cref="Kinds"/>.</param>
/// <param name="Secret">The name under which the service finds the repository's token; empty for a public one.</param>
/// <param name="KeySecret">The name under which it finds the webhook's key.</param>
public sealed record SetupWish(string Kind, string Url, string Branch, string Directory, string Namespace, string Secret, string KeySecret, string Id)
{
    public static IReadOnlyList<(string Kind, string Words)> Kinds { get; } =
    [
        ("SyncFlows", "flows: Git to Kestra"), ("SyncNamespaceFiles", "files of a namespace: Git to Kestra"), ("PushFlows", "flows: Kestra to Git"), ("PushNamespaceFiles", "files of a namespace: Kestra to Git"),
    ];

    public static SetupWish Blank { get; } = new("SyncFlows", "", "main", "", "", "", "WEBHOOK_KEY", "sync_from_git");

    /// <summary>Nothing is longer than a name or an address may be; what is empty is what the blank form has.</summary>
    public static SetupWish Of(IFormCollection form)
    {
        string Text(string name, string usual) => form[name].ToString().Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 500)] : usual;
        var kind = Text("kind", Blank.Kind);
        return new(
            Kinds.Any(k => k.Kind == kind) ? kind : Blank.Kind, Text("url", ""), Text("branch", Blank.Branch), Text("directory", ""), Text("space", ""), Text("secret", ""),
            Text("keySecret", Blank.KeySecret), Text("id", Blank.Id));
    }

    public string File => new string([.. Id.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')]) is { Length: > 0 } name ? name + ".yml" : "";

    /// <summary>The definition. Every value is quoted, so that no text becomes another line of it.</summary>
    public string Yaml()
    {
        var (toGit, files) = (Kind.StartsWith("Push", StringComparison.Ordinal), Kind.EndsWith("Files", StringComparison.Ordinal));
        List<string> lines =
        [
            $"id: {Quoted(Id)}", "namespace: system", "tasks:", "  - id: git", $"    type: io.kestra.plugin.git.{Kind}", $"    url: {Quoted(Url)}", $"    branch: {Quoted(Branch)}",
        ];
        if (Secret.Length > 0) lines.AddRange(["    username: git", $"    password: {Quoted($"{{{{ secret('{Secret}') }}}}")}"]);
        if (Directory.Length > 0) lines.Add($"    gitDirectory: {Quoted(Directory)}");
        lines.Add($"    {(files ? "namespace" : toGit ? "sourceNamespace" : "targetNamespace")}: {Quoted(Namespace)}");
        if (!files) lines.Add("    includeChildNamespaces: true");
        lines.AddRange(["triggers:", "  - id: on_push", "    type: io.kestra.plugin.core.trigger.Webhook", $"    key: {Quoted($"{{{{ secret('{KeySecret}') }}}}")}"]);
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>What is wrong with the address before anybody is asked; null where nothing is.</summary>
    public Fault? CredentialInUrl() => RepositoryAddress.Read(Url) is { } address && (address.Username ?? address.Password) is not null
        ? new(File, 0, 0, "The repository's address holds a user, a token or a password.", "Leave it out of the address: put it into the service's environment as SECRET_NAME, and name that secret below.")
        : null;

    /// <summary>The same, fit to be shown and sent.</summary>
    public SetupWish WithoutCredential() => this with { Url = RepositoryAddress.Read(Url)?.Url ?? Url };

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);

    // A JSON text is a quoted one of YAML, where it escapes no more than it must.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
