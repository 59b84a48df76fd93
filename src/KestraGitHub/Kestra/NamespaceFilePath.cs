using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KestraGitHub.Kestra;

/// <summary>
/// Path of one file inside a namespace, without a leading slash. A value of this type cannot be the root, leave the namespace, or lie where the
/// server imports flows: an empty path in a DELETE wipes the whole namespace (kestra-api.md 11.1).
/// </summary>
internal sealed record NamespaceFilePath
{
    private NamespaceFilePath(string value) => Value = value;

    public string Value { get; }

    /// <summary>The directory it lies in; empty for the root.</summary>
    public string Directory => Value.LastIndexOf('/') is var slash and >= 0 ? Value[..slash] : "";

    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>As a query value: always with the leading slash (some versions mis-parse a path without one).</summary>
    public string Query => "path=" + Uri.EscapeDataString("/" + Value);

    public static bool TryParse(string? text, [NotNullWhen(true)] out NamespaceFilePath? path, out string fault)
    {
        path = null;
        fault = Fault(text);
        if (fault.Length > 0) return false;
        path = new NamespaceFilePath(text!);
        return true;
    }

    public override string ToString() => Value;

    private static string Fault(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "the path is empty";
        if (text[0] == '/' || text[^1] == '/') return "the path begins or ends with a slash";
        if (text.Contains('\\')) return "a backslash would become a slash";
        if (text.Any(char.IsControl)) return "the path holds a control character";
        var parts = text.Split('/');
        if (parts.Any(p => p.Length == 0)) return "the path holds two slashes in a row";
        if (parts.Any(p => p is "." or "..")) return "the path holds . or ..";
        if (parts[0] == "_flows") return "what lies in _flows at the root is taken for flows by Kestra";
        return parts.Any(p => Encoding.UTF8.GetByteCount(p) > 255) ? "a part of the path is longer than 255 bytes" : "";
    }
}
