using YamlDotNet.Core;

namespace KestraGitHub.Definitions;

/// <summary>Finds the tab that a parser stumbled over: it complains of the whole block, from its first line on, and the author looks for the tab.</summary>
internal static class YamlTab
{
    /// <returns>Line and column, counted from 1; null where the fault is another one.</returns>
    public static (int Line, int Column)? Of(string text, YamlException fault)
    {
        if (!fault.Message.Contains("tab", StringComparison.Ordinal)) return null;
        var lines = text.Split('\n');
        for (var i = Math.Max((int)fault.Start.Line, 1); i <= lines.Length; i++)
        {
            var indent = lines[i - 1].Length - lines[i - 1].TrimStart(' ').Length;
            if (indent < lines[i - 1].Length && lines[i - 1][indent] == '\t') return (i, indent + 1);
        }

        return null;
    }
}
