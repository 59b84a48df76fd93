using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KestraGitHub.Kestra;

/// <summary>Who a flow's source says it is: its top-level <c>id</c> and <c>namespace</c>, and what else of its shape the server gets wrong.</summary>
/// <param name="Problem">Why it cannot be told, or null.</param>
/// <param name="Peculiarity">What <c>validate</c> lets pass and a write does not, or stores wrongly (kestra-api.md 11.3), or null.</param>
internal sealed record FlowIdentity(string? Namespace, string? Id, string? Problem, string? Peculiarity)
{
    /// <summary>True for a flow that says of itself that it is not ready.</summary>
    public bool Draft { get; private init; }

    /// <summary>Reads events, not a tree: depth and aliases cost nothing.</summary>
    public static FlowIdentity Of(string source)
    {
        try
        {
            return Read(new Parser(new StringReader(source.TrimStart('\uFEFF'))));
        }
        catch (YamlException e)
        {
            var reason = KestraText.OneLine(e.InnerException?.Message ?? e.Message, 200);
            return new FlowIdentity(null, null, $"no valid YAML (line {e.Start.Line}): {reason}", null);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // The scanner gives up on some texts with whatever it stumbled over ("id: [a", then "namespace: n").
            return new FlowIdentity(null, null, "no valid YAML", null);
        }
    }

    private static FlowIdentity Read(Parser parser)
    {
        string? id = null, name = null, peculiarity = null, key = null;
        var open = new Stack<(HashSet<string>? Keys, bool KeyNext)>(); // of a list there are no keys
        var anchors = new Dictionary<string, string>(StringComparer.Ordinal);
        int depth = 0, documents = 0;
        var (isMapping, draft) = (false, false);
        while (parser.MoveNext())
        {
            if (documents <= 1) Place(parser.Current!);
            switch (parser.Current)
            {
                case DocumentStart when ++documents > 1:
                    peculiarity ??= "it holds more than one YAML document; Kestra would read the first and store all of them";
                    break;
                case MappingStart when depth == 0 && documents == 1:
                    (depth, isMapping) = (1, true);
                    break;
                case MappingStart or SequenceStart:
                    depth++;
                    break;
                case MappingEnd or SequenceEnd:
                    if (--depth == 1) key = null; // the value of a top-level key ended
                    break;
                case Scalar scalar:
                    if (!scalar.Anchor.IsEmpty) anchors[scalar.Anchor.Value] = scalar.Value;
                    if (depth == 1 && documents == 1) Take(scalar.Value);
                    break;
                case AnchorAlias alias when depth == 1 && documents == 1:
                    Take(anchors.GetValueOrDefault(alias.Value.Value) ?? "");
                    break;
                default:
                    break;
            }
        }

        var problem = !isMapping ? "it is no YAML mapping"
            : string.IsNullOrEmpty(id) ? "it has no id"
            : string.IsNullOrEmpty(name) ? "it has no namespace"
            : null;
        return new FlowIdentity(name, id, problem, peculiarity) { Draft = draft };

        void Take(string text)
        {
            if (key is null)
            {
                key = text;
                return;
            }

            if (key == "id") id = text;
            else if (key == "namespace") name = text;
            else if (key == "draft") draft = text.Equals("true", StringComparison.OrdinalIgnoreCase);
            else if (key == "deleted" && text is "true" or "True" or "TRUE")
                peculiarity ??= "it says 'deleted: true', which Kestra would store as a flow that nobody sees";
            key = null;
        }

        // A key that stands twice, at whatever depth: `validate` takes it, and storing it fails.
        void Place(ParsingEvent e)
        {
            if (e is MappingEnd or SequenceEnd) open.Pop();
            if (e is not NodeEvent) return;
            if (open.TryPop(out var level))
            {
                if (level is { Keys: { } keys, KeyNext: true } && e is Scalar { Value: not "<<" } scalar && !keys.Add(scalar.Value))
                    peculiarity ??= $"the key '{KestraText.OneLine(scalar.Value, 60)}' stands twice (again at line {scalar.Start.Line})";
                open.Push((level.Keys, !level.KeyNext));
            }

            if (e is MappingStart) open.Push((new HashSet<string>(StringComparer.Ordinal), true));
            else if (e is SequenceStart) open.Push((null, false));
        }
    }
}
