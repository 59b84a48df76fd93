using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KestraGitHub.Definitions;

internal readonly record struct PathStep(string Text, bool IsIndex);

/// <summary>Paths into a delivery: <c>body.ref</c>, <c>body.commits[0].id</c>, <c>body['odd key']</c>, <c>headers.x-github-event</c>.</summary>
internal static class PayloadPath
{
    private static readonly string[] SecretWords = ["authorization", "cookie", "signature", "token", "secret", "password", "credential", "api-key",
        "apikey", "client-cert"];

    public static string Join(IEnumerable<PathStep> steps)
    {
        var path = new StringBuilder();
        foreach (var step in steps)
        {
            if (step.IsIndex) path.Append(CultureInfo.InvariantCulture, $"[{step.Text}]");
            else if (!IsSimple(step.Text)) path.Append(CultureInfo.InvariantCulture, $"['{Escape(step.Text)}']");
            else path.Append(path.Length > 0 ? "." : "").Append(step.Text);
        }

        return path.ToString();
    }

    /// <summary>Headers that are never kept with a run.</summary>
    public static bool IsSecretHeader(string name) => SecretWords.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>The JSON text of the value at <paramref name="path"/> (<c>body.…</c>) of a delivery's body, or null when it is not there.</summary>
    public static string? Find(JsonElement body, string path)
    {
        var steps = Split(path);
        if (steps is not [{ Text: "body" }, ..]) return null;
        foreach (var step in steps.Skip(1))
        {
            if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty(step.Text, out var member)) body = member;
            else if (body.ValueKind == JsonValueKind.Array && Index(step.Text) is { } i && i < body.GetArrayLength()) body = body[i];
            else return null;
        }

        return body.GetRawText();
    }

    /// <summary>The header that a path <c>headers.…</c> names, in lower case; null for another path.</summary>
    public static string? HeaderName(string path) => Split(path) is [{ Text: "headers" }, var name] ? name.Text : null;

    private static int? Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : null;

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);

    private static bool IsSimple(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static List<PathStep> Split(string path)
    {
        var steps = new List<PathStep>();
        for (var i = 0; i < path.Length;)
        {
            var step = new StringBuilder();
            if (string.CompareOrdinal(path, i, "['", 0, 2) == 0)
            {
                for (i += 2; i < path.Length && path[i] != '\''; i++) step.Append(path[i] == '\\' ? path[++i] : path[i]);
                i += 2;
                steps.Add(new(step.ToString(), false));
                continue;
            }

            var index = path[i] == '[';
            if (index || path[i] == '.') i++;
            for (; i < path.Length && path[i] is not ('.' or '[' or ']'); i++) step.Append(path[i]);
            if (index) i++;
            steps.Add(new(step.ToString(), index));
        }

        return steps;
    }
}
