using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.Cli;

/// <summary>What the API answers, as columns for people or as it came for scripts.</summary>
internal static class Listing
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="inLines">True: JSON is one object a line, for what is followed while it comes.</param>
    public static void Print(JsonNode data, OutputForm form, Screen screen, Func<JsonNode, string[]> columns, bool inLines = false)
    {
        var items = data is JsonArray array ? array.OfType<JsonNode>().ToList() : [data];
        if (form == OutputForm.Json && inLines)
            foreach (var item in items) screen.Out.WriteLine(item.ToJsonString(OneLine));
        else if (form == OutputForm.Json) screen.Out.WriteLine(data.ToJsonString(Indented));
        else if (form == OutputForm.Yaml) screen.Out.Write(items.Count == 0 && inLines ? "" : YamlOutput.Of(data.ToJsonString()));
        else PrintColumns(items.ConvertAll(i => columns(i).Select(Screen.Plain).ToArray()), screen);
    }

    public static string Text(JsonNode? node, string name) => node?[name] switch { null => "", JsonValue value => value.ToString(), var other => other.ToJsonString() };

    private static void PrintColumns(List<string[]> rows, Screen screen)
    {
        if (rows.Count == 0) return;
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
            // The last column is what somebody has to read: the error, the message.
            screen.Out.WriteLine(row[^1].Length > 0 ? screen.Wrap(line) : screen.Fit(line));
        }
    }
}
