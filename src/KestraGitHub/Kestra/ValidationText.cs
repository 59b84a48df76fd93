using System.Text.RegularExpressions;

namespace KestraGitHub.Kestra;

/// <summary>What Kestra has against a flow, without the noise of the library that found it.</summary>
internal static partial class ValidationText
{
    public static string Of(string constraints)
    {
        var text = KestraText.OneLine(Source().Replace(constraints, " "));
        for (var before = ""; before != text;)
        {
            before = text;
            text = Prefix().Replace(text, "");
        }

        return text.Length == 0 ? "Kestra refuses it without a reason" : text;
    }

    [GeneratedRegex(@"\bat \[Source: [^\]]*\]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Source();

    [GeneratedRegex(
        @"^(Validation error|Illegal [A-Za-z]* ?source|YAML parsing error|Invalid entity):\s*",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Prefix();
}
