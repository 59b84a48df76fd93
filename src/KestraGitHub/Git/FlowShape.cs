using KestraGitHub.Definitions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KestraGitHub.Git;

/// <summary>A value of the flow's top level and where it stands in the text.</summary>
/// <param name="Scalar">Null when it is no scalar (a list, a map, an alias).</param>
internal sealed record FlowValue(Scalar? Scalar, bool IsAlias, int Start, int End);

/// <summary>What matters of a flow file: its top-level <c>id</c>, <c>namespace</c>, <c>deleted</c> and <c>draft</c>, and whether it is a flow at all.</summary>
/// <param name="Fault">Why it is none, or null.</param>
internal sealed record FlowShape(FlowValue? Id, FlowValue? Namespace, bool Deleted, string? Fault)
{
    /// <summary>True for a flow that says of itself that it is not ready.</summary>
    public bool Draft { get; private init; }

    private const int MaxDepth = 64;
    private const int MaxNodes = 100_000;

    /// <summary>Goes through the parser's events one by one; nothing is built, and no alias is followed.</summary>
    public static FlowShape Of(string text)
    {
        var walk = new Walk();
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            while (walk.Fault is null && parser.MoveNext()) walk.Take(parser.Current!);
        }
        catch (YamlException e)
        {
            var (line, column) = YamlTab.Of(text, e) ?? ((int)e.Start.Line, (int)e.Start.Column);
            walk.Fault ??= $"it is no YAML: line {line}, column {column}: {e.Message}";
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException
            or IndexOutOfRangeException)
        {
            // The parser's own slips on hostile input.
            walk.Fault ??= $"it is no YAML: {e.Message}";
        }

        return walk.Shape();
    }

    private sealed class Walk
    {
        private readonly Stack<(AnchorName Anchor, long Before)> _open = new();
        private readonly Dictionary<AnchorName, long> _sizes = [];
        private readonly Dictionary<string, FlowValue> _top = new(StringComparer.Ordinal);
        private int _documents;
        private int _nodes;
        private long _expanded;
        private bool _isMap;
        private string? _key;
        private bool _keyNext = true;

        public string? Fault { get; set; }

        public FlowShape Shape()
        {
            if (Fault is null && !_isMap) Fault = "it is no map of YAML";
            if (Fault is null && !_top.ContainsKey("id")) Fault = "it has no 'id' at its top level";
            return new FlowShape(_top.GetValueOrDefault("id"), _top.GetValueOrDefault("namespace"), Says("deleted"), Fault) { Draft = Says("draft") };
        }

        private bool Says(string key) =>
            _top.GetValueOrDefault(key)?.Scalar is { } scalar && scalar.Value.Equals("true", StringComparison.OrdinalIgnoreCase);

        public void Take(ParsingEvent e)
        {
            switch (e)
            {
                case DocumentStart when ++_documents > 1:
                    Fault = $"it holds more than one YAML document (the second begins at line {e.Start.Line}); write each to a file of its own";
                    break;
                case MappingStart map:
                    if (_open.Count == 0) _isMap = true;
                    Open(map);
                    break;
                case SequenceStart list:
                    Open(list);
                    break;
                case MappingEnd or SequenceEnd:
                    var (anchor, before) = _open.Pop();
                    if (!anchor.IsEmpty) _sizes[anchor] = _expanded - before;
                    break;
                case Scalar scalar:
                    Count(1, scalar);
                    if (!scalar.Anchor.IsEmpty) _sizes[scalar.Anchor] = 1;
                    Place(scalar, isAlias: false, scalar);
                    break;
                case AnchorAlias alias:
                    if (_open.Any(o => o.Anchor == alias.Value)) Fault = $"the alias '*{alias.Value}' at line {alias.Start.Line} stands inside what it names";
                    else if (!_sizes.TryGetValue(alias.Value, out var size))
                        Fault = $"the alias '*{alias.Value}' at line {alias.Start.Line} names nothing";
                    else Count(size, alias);
                    Place(null, isAlias: true, alias);
                    break;
            }
        }

        private void Open(NodeEvent node)
        {
            var before = _expanded;
            Count(1, node);
            if (_open.Count >= MaxDepth) Fault = $"it nests deeper than {MaxDepth} levels at line {node.Start.Line}";
            Place(null, isAlias: false, node);
            _open.Push((node.Anchor, before));
        }

        /// <summary>The nodes right below the top are keys and values by turns.</summary>
        private void Place(Scalar? scalar, bool isAlias, ParsingEvent node)
        {
            if (_open.Count != 1 || !_isMap) return;
            if (_keyNext)
            {
                _key = scalar?.Value;
            }
            else if (_key is "id" or "namespace" or "deleted" or "draft"
                && !_top.TryAdd(_key, new FlowValue(scalar, isAlias, (int)node.Start.Index, (int)node.End.Index)))
            {
                Fault = $"it has '{_key}' twice (again at line {node.Start.Line})";
            }

            _keyNext = !_keyNext;
        }

        private void Count(long nodes, ParsingEvent at)
        {
            _expanded += nodes;
            if (++_nodes > MaxNodes || _expanded > MaxNodes) Fault = $"it has more than {MaxNodes} values, aliases counted as what they stand for (line {at.Start.Line})";
        }
    }
}
