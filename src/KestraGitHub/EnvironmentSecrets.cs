using System.Text;
using KestraGitHub.Configuration;

namespace KestraGitHub;

/// <summary>Secrets and variables of definitions, read as Kestra's open-source edition reads them: <c>SECRET_NAME</c> in base64, <c>ENV_NAME</c> as it is.</summary>
internal static class EnvironmentSecrets
{
    public static string? Secret(string name)
    {
        var text = Text(name);
        if (text is null) return null;
        var bytes = new byte[text.Length];

        // Line breaks inside, as `base64` without -w0 makes them, are let pass.
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length)) return null;
        var secret = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\n', '\r');
        Redaction.Learn(secret);
        return secret;
    }

    /// <summary>True also for what is no base64, and so no secret.</summary>
    public static bool IsSet(string name) => Text(name) is not null;

    private static string? Text(string name) => Environment.GetEnvironmentVariable($"SECRET_{name.ToUpperInvariant()}");

    /// <summary>Only what the operator named for it: never the whole environment.</summary>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable($"ENV_{name.ToUpperInvariant()}");
}
