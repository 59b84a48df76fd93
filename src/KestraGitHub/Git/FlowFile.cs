using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace KestraGitHub.Git;

/// <summary>A file of Git read as a flow.</summary>
/// <param name="Id">The flow's id, also where the rest is wrong but the id can be told.</param>
/// <param name="Source">The bytes to store: the file's own but for its namespace. Null when there is a fault.</param>
/// <param name="Fault">Why it is no flow that can be stored, as the rest of a sentence; or null.</param>
internal sealed record FlowFile(string? Id, byte[]? Source, string? Fault)
{
    /// <summary>Further ids that a file with a fault names: it may hold those flows too, as one of several documents does.</summary>
    public IReadOnlyList<string> OtherIds { get; private init; } = [];

    /// <summary>What it says itself; null where it says none, or there is a fault.</summary>
    public string? Namespace { get; private init; }

    public const int MaxBytes = 1 << 20;

    private const string IdRule = "an id begins with a letter or digit and has only letters, digits, '.', '_' and '-', 100 at most";

    private const string DashboardIdRule = "an id has no slash and no control character, 100 characters at most";

    /// <summary>Reads a file whose folder says that it belongs to <paramref name="ns"/>; null leaves its own namespace as it stands.</summary>
    public static FlowFile Read(byte[] bytes, string? ns) => Read(bytes, ns, FlowNames.IsId, IdRule);

    /// <summary>Reads a file as a dashboard, whose id is nearly free: servers take <c>Bad Id</c>.</summary>
    public static FlowFile ReadDashboard(byte[] bytes) => Read(bytes, null, FlowNames.IsDashboardId, DashboardIdRule);

    private static FlowFile Read(byte[] bytes, string? ns, Func<string, bool> isId, string idRule)
    {
        if (bytes.AsSpan().StartsWith("version https://git-lfs.github.com/spec/"u8))
            return Faulty(null, "it is a Git LFS pointer, and what it points to is not read");
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Faulty(null, "it is not UTF-8 text");
        }

        // The mark is kept in what is stored, but it is no part of the YAML.
        var mark = text.StartsWith('\uFEFF') ? "\uFEFF" : "";
        text = text[mark.Length..];
        var shape = FlowShape.Of(text);
        if (shape.Fault is not null)
        {
            var lines = IdLines(text);
            var told = shape.Id?.Scalar?.Value is { } known && isId(known) ? known : lines.FirstOrDefault();
            return Faulty(told, shape.Fault) with { OtherIds = [.. lines.Where(line => line != told)] };
        }

        if (shape.Id!.Scalar?.Value is not { } id) return Faulty(null, "its 'id' is no text");
        if (!isId(id)) return Faulty(null, $"its id '{Shown(id)}' is not one that Kestra takes: {idRule}");
        if (shape.Deleted) return Faulty(id, "it says 'deleted: true', which would remove it when it is stored; remove the file instead");

        if (ns is null) return new FlowFile(id, bytes, null) { Namespace = shape.Namespace?.Scalar?.Value };
        var (rewritten, fault) = FlowNamespace.Set(text, shape, ns);
        if (fault is not null) return Faulty(id, fault);
        return new FlowFile(id, ReferenceEquals(rewritten, text) ? bytes : Encoding.UTF8.GetBytes(mark + rewritten), null);
    }

    /// <summary>The ids that a broken file most likely has: those of lines <c>id: …</c> at the margin.</summary>
    private static List<string> IdLines(string text) =>
        [.. FlowNames.IdLine().Matches(text).Select(match => match.Groups["id"].Value).Where(FlowNames.IsId).Distinct(StringComparer.Ordinal)];

    private static FlowFile Faulty(string? id, string fault) => new(id, null, fault);

    private static string Shown(string text) => string.Concat(text.Take(100).Select(c => char.IsControl(c) ? '?' : c));
}

/// <summary>The names that Kestra takes.</summary>
internal static partial class FlowNames
{
    public static bool IsId(string id) => id.Length <= 100 && Id().IsMatch(id);

    /// <summary>Of a dashboard: what can be the name of a file.</summary>
    public static bool IsDashboardId(string id) => id.Length is > 0 and <= 100 && !id.Any(c => char.IsControl(c) || c is '/' or '\\');

    public static bool IsNamespace(string ns) => ns.Length <= 150 && Namespace().IsMatch(ns);

    [GeneratedRegex("""^id[ \t]*:[ \t]+["']?(?<id>[^\s"'#]+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    public static partial Regex IdLine();

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9._-]*\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]*\z")]
    private static partial Regex Namespace();
}
