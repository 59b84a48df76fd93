using System.Text;
using System.Text.RegularExpressions;
using KestraGitHub.Reconciliation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KestraGitHub.Git;

/// <summary>A flow of Kestra as the file that holds it.</summary>
/// <param name="Bytes">Null where there is a fault.</param>
/// <param name="Fault">Why it cannot be written, as the rest of a sentence; or null.</param>
internal sealed partial record FlowOut(ReadOnlyMemory<byte>? Bytes, bool Draft, string? Fault)
{
    /// <summary>
    /// Puts <paramref name="to"/> in the place of <paramref name="from"/> wherever a <c>namespace</c> of the YAML names it or one below it, also that of
    /// a subflow, and takes out the server's <c>revision</c>. Every other character stays.
    /// </summary>
    /// <param name="ns">The flow's own namespace in Kestra: <paramref name="from"/>, or one below it.</param>
    public static FlowOut Of(ReadOnlyMemory<byte> source, string ns, string from, string to)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(source.Span);
        }
        catch (DecoderFallbackException)
        {
            return from == to ? new(source, false, null) : new(null, false, "it is not UTF-8 text, and its namespace cannot be set");
        }

        var mark = text.StartsWith('\uFEFF') ? "\uFEFF" : "";
        var yaml = Revision().Replace(text[mark.Length..], "", 1);
        var shape = FlowShape.Of(yaml);
        if (from != to && shape.Fault is null)
        {
            (yaml, var fault) = Moved(yaml, shape, from, to, to + ns[from.Length..]);
            if (fault is not null) return new(null, shape.Draft, fault);
        }
        else if (from != to)
        {
            return new(null, shape.Draft, shape.Fault);
        }

        return new(mark.Length + yaml.Length == text.Length && from == to ? source : Encoding.UTF8.GetBytes(mark + yaml), shape.Draft, null);
    }

    private static (string Text, string? Fault) Moved(string text, FlowShape shape, string from, string to, string own)
    {
        var changed = text;
        foreach (var value in NamespacesOf(text, from).OrderByDescending(v => v.Start))
            changed = FlowNamespace.Replace(changed, value, to + value.Scalar!.Value[from.Length..]);
        // Read again: what was written is trusted only when it says what it should.
        var after = FlowShape.Of(changed);
        return after.Fault is not null || after.Id?.Scalar?.Value != shape.Id!.Scalar?.Value
            ? (text, $"its namespaces cannot be set to '{to}' in place; write each 'namespace: …' on a line of its own")
            : FlowNamespace.Set(changed, after, own);
    }

    private static List<FlowValue> NamespacesOf(string text, string from)
    {
        var found = new List<FlowValue>();
        var open = new Stack<Level>();
        var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        while (parser.MoveNext())
        {
            var node = parser.Current!;
            if (node is MappingEnd or SequenceEnd) open.Pop();
            if (node is not NodeEvent) continue;
            var scalar = node as Scalar;
            if (open.TryPeek(out var level) && level.IsValue(scalar) && level.Key == "namespace" && scalar is { Style: not (ScalarStyle.Literal or ScalarStyle.Folded) }
                && NamespaceTree.IsSameOrBelow(scalar.Value, from))
                found.Add(new FlowValue(scalar, IsAlias: false, (int)node.Start.Index, (int)node.End.Index));
            if (node is MappingStart or SequenceStart) open.Push(new Level(node is MappingStart));
        }

        return found;
    }

    [GeneratedRegex(@"^revision: *[0-9]+[ \t]*(\r?\n|\z)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Revision();

    /// <summary>A map or a list that is being read; in a map keys and values come by turns.</summary>
    private sealed class Level(bool isMap)
    {
        private bool _valueNext;

        public string? Key { get; private set; }

        /// <summary>Takes the next node: true for a value of a map, whose key is then <see cref="Key"/>.</summary>
        public bool IsValue(Scalar? scalar)
        {
            if (!isMap) return false;
            if (!_valueNext) Key = scalar?.Value;
            _valueNext = !_valueNext;
            return !_valueNext;
        }
    }
}
