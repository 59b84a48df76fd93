using System.Globalization;
using System.Text.RegularExpressions;

namespace KestraGitHub.Kestra;

/// <summary>The first two numbers of a server's version; they decide what it can do.</summary>
/// <param name="Text">As the server says it.</param>
public sealed partial record KestraVersion(string Text, int Major, int Minor)
{
    /// <summary>The oldest that is supported.</summary>
    public static KestraVersion Oldest { get; } = new("1.3", 1, 3);

    public bool IsSupported => AtLeast(Oldest.Major, Oldest.Minor);

    public bool AtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    /// <summary>What cannot be read (<c>develop</c>) is taken for the newest, as every client does.</summary>
    public static KestraVersion Parse(string? text)
    {
        var parts = (text ?? "").Split('.', 3);
        return parts.Length >= 2 && Number(parts[0]) is { } major && Number(Digits(parts[1])) is { } minor
            ? new KestraVersion(KestraText.OneLine(text, 40), major, minor)
            : new KestraVersion(Word().IsMatch(text ?? "") ? text! : "unknown", int.MaxValue, 0);
    }

    public override string ToString() => Text;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Anything else is no version, whatever it is: it is not shown.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._+-]{0,39}$")]
    private static partial Regex Word();

    private static string Digits(string text) => new([.. text.TakeWhile(char.IsAsciiDigit)]);
}

public enum KestraEdition
{
    /// <summary>Open source: one tenant, <c>main</c>.</summary>
    Oss,

    /// <summary>Enterprise: what an account may not read is missing from lists without a word, so a list proves presence, never absence.</summary>
    Enterprise,
}
