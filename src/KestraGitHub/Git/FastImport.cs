using System.Globalization;
using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>One file of a commit to make.</summary>
/// <param name="Path">From the repository's root.</param>
/// <param name="Content">Null: the file goes, unless <see cref="Blob"/> says what it holds.</param>
internal sealed record TreeChange(string Path, string Mode, Resource? Content)
{
    /// <summary>The name of bytes that the mirror has already.</summary>
    public string? Blob { get; init; }
}

/// <summary>One commit as <c>git fast-import</c> reads it: no work tree and no index, and what is not named stays as the parent has it.</summary>
/// <param name="reference">A name of the mirror's own, which keeps the commit until it is pushed.</param>
/// <param name="parent">Empty for a first commit.</param>
internal sealed class FastImport(string reference, CommitMessage message, string parent, IReadOnlyList<TreeChange> changes)
{
    /// <summary>It ends with an error unless it was told that all has come: half a commit is none. It answers with the commit's id.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["fast-import", "--quiet", "--force", "--done", "--date-format=raw"];

    public async Task WriteAsync(Stream to, IResourceStore source, CancellationToken ct)
    {
        var person = string.Create(CultureInfo.InvariantCulture, $"{message.Author.Name} <{message.Author.Email}> {message.At.ToUnixTimeSeconds()} +0000");
        var text = Encoding.UTF8.GetBytes(message.Text);
        await TellAsync(to, $"commit {reference}\nmark :1\nauthor {person}\ncommitter {person}\ndata {text.Length}\n", ct);
        await to.WriteAsync(text, ct);
        await TellAsync(to, parent.Length > 0 ? $"\nfrom {parent}\n" : "\n", ct);
        // What goes makes room first: a file may come where a folder was.
        foreach (var gone in changes.Where(c => c is { Content: null, Blob: null })) await TellAsync(to, $"D {Quoted(gone.Path)}\n", ct);
        foreach (var change in changes)
        {
            if (change.Blob is { } blob) await TellAsync(to, $"M {change.Mode} {blob} {Quoted(change.Path)}\n", ct);
            if (change.Content is not { } content) continue;
            await TellAsync(to, string.Create(CultureInfo.InvariantCulture, $"M {change.Mode} inline {Quoted(change.Path)}\ndata {content.Size}\n"), ct);
            await using (var bytes = await source.OpenAsync(content, ct)) await bytes.CopyToAsync(to, ct);
            await TellAsync(to, "\n", ct);
        }

        await TellAsync(to, "\nget-mark :1\ndone\n", ct);
        await to.FlushAsync(ct);
    }

    private static ValueTask TellAsync(Stream to, string text, CancellationToken ct) => to.WriteAsync(Encoding.UTF8.GetBytes(text), ct);

    private static string Quoted(string path) =>
        $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
