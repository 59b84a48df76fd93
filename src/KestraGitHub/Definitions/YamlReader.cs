using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KestraGitHub.Definitions;

/// <summary>
/// Builds the tree of one YAML document from the parser's events. The limits hold while events come in, so that no text, however deep or
/// self-referring, costs more than they allow; the recursion here ends at <see cref="MaxDepth"/>.
/// </summary>
internal sealed class YamlReader
{
    public const int MaxDepth = 64;
    public const int MaxNodes = 100_000;

    private static readonly string[] KnownTags = ["str", "int", "bool", "float", "null", "map", "seq"];

    private readonly FaultList _faults;
    private readonly Parser _parser;
    private readonly Dictionary<string, Node?> _anchors = [];
    private long _nodes;

    private YamlReader(string text, FaultList faults)
    {
        _faults = faults;
        _parser = new Parser(new StringReader(text));
    }

    private readonly record struct Node(PropertyValue Value, long Size, int Height);

    /// <summary>The document's root, or null with the reason in <paramref name="faults"/>.</summary>
    public static PropertyValue? Read(string text, FaultList faults)
    {
        var reader = new YamlReader(text, faults);
        try
        {
            return reader.ReadDocument();
        }
        catch (RefusedException)
        {
            return null;
        }
        catch (YamlException e)
        {
            var tab = YamlTab.Of(text, e);
            faults.Add(tab ?? ((int)e.Start.Line, (int)e.Start.Column), $"The YAML cannot be read: {e.Message.TrimEnd('.')}.",
                tab is null ? "Mend the YAML at this place." : "Indent with spaces: YAML allows no tabs there.");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser has states that it does not expect of itself, as behind `[a` without an end.
            var after = reader._parser.Current?.End;
            faults.Add(((int)(after?.Line ?? 0), (int)(after?.Column ?? 0)), "The YAML cannot be read from here on.",
                "Look for a bracket or a quote that is not closed.");
            return null;
        }
    }

    private PropertyValue? ReadDocument()
    {
        Next<StreamStart>();
        if (!Advance() || _parser.Current is StreamEnd) return Empty();
        Next<DocumentStart>(already: true);
        Advance();
        var root = ReadNode(1);
        Next<DocumentEnd>();
        if (Advance() && _parser.Current is DocumentStart second)
        {
            _faults.Add(Place(second), "The file holds more than one YAML document.", "Keep one flow in each file.");
            return null;
        }

        return root.Value is ScalarValue { Text: null or "" } ? Empty() : root.Value;
    }

    private PropertyValue? Empty()
    {
        _faults.Add((0, 0), "The file holds no flow.", "Write a flow, or remove the file.");
        return null;
    }

    // On entry the node's first event is current; on exit its last one is.
    private Node ReadNode(int depth)
    {
        var current = _parser.Current!;
        if (depth > MaxDepth) throw Refuse(current, $"The YAML is nested deeper than {MaxDepth} levels.", "Flatten it.");
        if (current is AnchorAlias alias) return Expand(alias, depth);
        Count(current, 1);
        CheckTag((NodeEvent)current);
        var anchor = ((NodeEvent)current).Anchor;
        if (!anchor.IsEmpty) _anchors[anchor.Value] = null;
        var node = current switch
        {
            Scalar scalar => new Node(ToScalar(scalar), 1, 1),
            SequenceStart start => ReadList(start, depth),
            MappingStart start => ReadMap(start, depth),
            _ => throw Refuse(current, "The YAML cannot be read here.", "Mend the YAML at this place."),
        };
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
        return node;
    }

    private Node Expand(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var known))
            // Not by its name: it may be a password that begins with a star.
            throw Refuse(alias, "An alias has no anchor before it.", "Write the anchor, or put the value into quotes where it begins with a star.");
        if (known is not { } node) throw Refuse(alias, "An alias stands inside its own anchor.", "Write the value itself.");
        Count(alias, node.Size);
        if (depth + node.Height - 1 > MaxDepth) throw Refuse(alias, $"The YAML is nested deeper than {MaxDepth} levels.", "Flatten it.");
        return node;
    }

    private Node ReadList(SequenceStart start, int depth)
    {
        var items = new List<PropertyValue>();
        var (size, height) = (1L, 0);
        while (Advance() && _parser.Current is not SequenceEnd)
        {
            var item = ReadNode(depth + 1);
            items.Add(item.Value);
            (size, height) = (size + item.Size, Math.Max(height, item.Height));
        }

        var (line, column) = Place(start);
        return new Node(new ListValue(items, line, column), size, height + 1);
    }

    private Node ReadMap(MappingStart start, int depth)
    {
        var members = new List<KeyValuePair<string, PropertyValue>>();
        var names = new List<(int, int)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (size, height) = (1L, 0);
        while (Advance() && _parser.Current is not MappingEnd)
        {
            var at = _parser.Current!;
            var key = ReadNode(depth + 1);
            if (key.Value is not ScalarValue { Text: { } name })
                throw Refuse(at, "The name of a member is no text.", "Write a plain name before the colon.");
            Advance();
            var value = ReadNode(depth + 1);
            (size, height) = (size + 1 + value.Size, Math.Max(height, value.Height));
            if (!seen.Add(name))
            {
                _faults.Add(Place(at), $"`{name}` stands twice in one map.", "Keep one of them.");
                continue;
            }

            members.Add(new(name, value.Value));
            names.Add(Place(at));
        }

        var (line, column) = Place(start);
        return new Node(new MapValue(members, line, column) { Names = names }, size, height + 1);
    }

    private static ScalarValue ToScalar(Scalar scalar)
    {
        var (line, column) = Place(scalar);
        var plain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        var isNull = plain && (scalar.Value is "" or "~" or "null" or "Null" or "NULL");
        return new ScalarValue(isNull ? null : scalar.Value, plain, line, column);
    }

    private void CheckTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific) return;
        if (!KnownTags.Any(t => node.Tag.Value == "tag:yaml.org,2002:" + t))
            throw Refuse(node, "A tag (`!…`) means nothing in a flow.", "Remove it, or put the value into quotes where it begins with an exclamation mark.");
    }

    private void Count(ParsingEvent at, long size)
    {
        _nodes += size;
        if (_nodes > MaxNodes) throw Refuse(at, $"The YAML has more than {MaxNodes} nodes, aliases counted in full.", "Make it smaller.");
    }

    private bool Advance() => _parser.MoveNext();

    private void Next<T>(bool already = false)
        where T : ParsingEvent
    {
        if (!already) Advance();
        if (_parser.Current is not T) throw new InvalidOperationException($"expected {typeof(T).Name}");
    }

    private RefusedException Refuse(ParsingEvent at, string message, string cure)
    {
        _faults.Add(Place(at), message, cure);
        return new RefusedException();
    }

    private static (int Line, int Column) Place(ParsingEvent e) => ((int)e.Start.Line, (int)e.Start.Column);

    private sealed class RefusedException : Exception;
}
