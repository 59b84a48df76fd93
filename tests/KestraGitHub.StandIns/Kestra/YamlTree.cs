using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KestraGitHub.StandIns.Kestra;

internal abstract class YamlNode
{
    public abstract JsonNode? ToJson();
}

internal sealed partial class YamlScalar(string text, bool plain) : YamlNode
{
    public string Text => text;

    public bool IsNull => plain && text is ("null" or "~" or "Null" or "NULL");

    /// <summary>YAML 1.1 words count as booleans [flow.disabled: yes; flow.bad-ids: off].</summary>
    public bool? Boolean => !plain ? null : text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => null,
    };

    public override JsonNode? ToJson()
    {
        if (IsNull)
        {
            return null;
        }

        if (!plain || text.Length == 0)
        {
            return JsonValue.Create(text);
        }

        if (Boolean is { } flag)
        {
            return JsonValue.Create(flag);
        }

        if (Integer().IsMatch(text))
        {
            var digits = text.Replace("_", "", StringComparison.Ordinal).TrimStart('+');
            if (digits.TrimStart('-') is ['0', _, ..] octal && octal.All(c => c is >= '0' and <= '7'))
            {
                return JsonValue.Create(Convert.ToInt64(octal, 8) * (digits[0] == '-' ? -1 : 1));
            }

            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            {
                return JsonValue.Create(whole);
            }
        }

        return Float().IsMatch(text) && double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? JsonValue.Create(real)
            : JsonValue.Create(text);
    }

    /// <summary>The text after a round trip through a typed value: `off` comes back as `false`, 1.50 as 1.5 [flow.bad-ids].</summary>
    public string Converted() => ToJson() switch
    {
        JsonValue v when v.TryGetValue(out bool b) => b ? "true" : "false",
        JsonValue v when v.TryGetValue(out long n) => n.ToString(CultureInfo.InvariantCulture),
        JsonValue v when v.TryGetValue(out double d) => d == Math.Floor(d) && Math.Abs(d) < 1e7
            ? d.ToString("0.0", CultureInfo.InvariantCulture)
            : d.ToString("R", CultureInfo.InvariantCulture),
        _ => text,
    };

    public bool IsFloat => ToJson() is JsonValue v && v.TryGetValue(out double _) && !v.TryGetValue(out long _);

    [GeneratedRegex("^[-+]?[0-9][0-9_]*$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();
}

internal sealed class YamlMap : YamlNode
{
    public List<KeyValuePair<string, YamlNode>> Entries { get; } = [];

    /// <summary>The last of several equal keys wins.</summary>
    public YamlNode? this[string key] => Entries.FindLast(e => e.Key == key).Value;

    public string? Text(string key) => this[key] is YamlScalar { IsNull: false } s ? s.Text : null;

    public override JsonNode ToJson()
    {
        var result = new JsonObject();
        foreach (var (key, value) in Entries)
        {
            result[key] = value.ToJson();
        }

        return result;
    }
}

internal sealed class YamlList : YamlNode
{
    public List<YamlNode> Items { get; } = [];

    public override JsonNode ToJson() => new JsonArray(Items.Select(i => i.ToJson()).ToArray());
}

internal sealed class YamlFault(string message) : Exception(message);

/// <summary>
/// Reads the first document of a text as the server's parser does: an alias is the text of its name and
/// `&lt;&lt;` is a key like any other [flow.verbatim: anchors, merge key].
/// </summary>
internal static class YamlReader
{
    public static YamlNode Read(string text, bool refuseDuplicates)
    {
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        if (text.Any(c => c < ' ' && c is not ('\n' or '\r' or '\t') || c is >= '\u007F' and < '\u00A0' and not '\u0085'))
        {
            throw new YamlFault("special characters are not allowed");
        }

        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw new YamlFault("No content to map due to end-of-input");
            }

            // An empty document between markers holds one empty scalar: no content either.
            return parser.Accept<Scalar>(out var only) && only.Value.Length == 0 && only.Style == ScalarStyle.Plain
                ? throw new YamlFault("No content to map due to end-of-input")
                : ReadNode(parser, refuseDuplicates, 0);
        }
        catch (YamlException e)
        {
            throw new YamlFault(e.InnerException?.Message ?? e.Message);
        }
    }

    private static YamlNode ReadNode(Parser parser, bool refuseDuplicates, int depth)
    {
        if (depth > 200)
        {
            throw new YamlFault("nested too deep");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return new YamlScalar(alias.Value.Value, plain: false);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new YamlList();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Items.Add(ReadNode(parser, refuseDuplicates, depth + 1));
            }

            return list;
        }

        parser.Consume<MappingStart>();
        var map = new YamlMap();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(parser, refuseDuplicates, depth + 1) is YamlScalar k ? k.Text : throw new YamlFault("Expected a field name");
            var value = ReadNode(parser, refuseDuplicates, depth + 1);
            if (!keys.Add(key) && refuseDuplicates)
            {
                throw new YamlFault($"Duplicate field '{key}'");
            }

            map.Entries.Add(new(key, value));
        }

        return map;
    }
}
