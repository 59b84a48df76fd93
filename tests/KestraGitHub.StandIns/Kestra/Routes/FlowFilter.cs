using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>Which flows a search, an export or a by-query call means; much of what it does not know it passes over in silence.</summary>
internal static partial class FlowFilter
{
    private static readonly HashSet<string> Operations = [.. ("EQUALS NOT_EQUALS GREATER_THAN LESS_THAN GREATER_THAN_OR_EQUAL_TO LESS_THAN_OR_EQUAL_TO IN NOT_IN " +
        "STARTS_WITH ENDS_WITH CONTAINS REGEX PREFIX").Split(' ')];

    /// <summary>Fields of other resources: known, but wrong here.</summary>
    private static readonly HashSet<string> Elsewhere = [.. ("startDate endDate state timeRange triggerExecutionId executionId childFilter workerId level triggerId kind created " +
        "updated path parentPath version existing existingOnly flowRevision taskId triggerState expirationDate").Split(' ')];

    public static Func<FlowRevision, bool> Read(Call call, KestraStandInOptions options, params string[] besides)
    {
        var filters = call.Query.Select(q => (Tokens: Tokens(q.Key), q.Value)).Where(f => f.Tokens.Count > 0 && !besides.Contains(f.Tokens[0])).ToList();
        if (filters.Count == 0 && !options.IsV2)
        {
            return Legacy(call);
        }

        // `filters[namespace]=x` has no operation: ignored, so everything matches [search.bad-filters].
        var all = new List<Func<FlowRevision, bool>>();
        var groups = new Dictionary<string, (bool Any, List<Func<FlowRevision, bool>> Members)>();
        foreach (var (tokens, value) in filters)
        {
            if (options.IsV2 && tokens[0] is "and" or "or" && tokens.Count >= 4)
            {
                if (!groups.TryGetValue(tokens[0], out var group))
                {
                    groups[tokens[0]] = group = (tokens[0] == "or", []);
                }

                group.Members.Add(One(tokens[2..], value));
            }
            else if (tokens.Count > 1)
            {
                all.Add(One(tokens, value));
            }
        }

        return flow => all.TrueForAll(f => f(flow)) && groups.Values.All(g => g.Any ? g.Members.Exists(m => m(flow)) : g.Members.TrueForAll(m => m(flow)));
    }

    /// <summary>Words are cut at every sign; each must occur somewhere in the text, in any case.</summary>
    public static bool Contains(string text, string query) =>
        Signs().Split(query).All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static Func<FlowRevision, bool> Legacy(Call call)
    {
        var ns = call.Single("namespace");
        var q = call.Single("q");
        var scopes = call.All("scope").ToList();
        var labels = call.All("labels").Select(l => l.Split(':', 2)).ToList();
        return flow => (ns is null || IsWithin(flow.Namespace, ns))
            && (q is null || Contains(FullText(flow), q))
            && (scopes.Count == 0 || scopes.Contains(Scope(flow)))
            && labels.TrueForAll(l => flow.Labels.Contains((l[0], l.ElementAtOrDefault(1) ?? "")));
    }

    private static Func<FlowRevision, bool> One(List<string> tokens, string value)
    {
        var (field, operation) = (tokens[0], tokens[1]);
        if (Elsewhere.Contains(field))
        {
            throw new KestraError(400, $"Invalid query filters: Field {field} is not supported for resource FLOW");
        }

        if (field is not ("namespace" or "flowId" or "labels" or "q" or "query" or "scope"))
        {
            throw KestraError.IllegalArgument($"Unsupported field: {field}");
        }

        if (!Operations.Contains(operation))
        {
            throw KestraError.IllegalArgument($"Unsupported operation: {operation}");
        }

        var not = operation.StartsWith("NOT_", StringComparison.Ordinal);
        switch (field)
        {
            case "labels" when tokens.Count > 2:
                return flow => flow.Labels.Any(l => l.Key == tokens[2] && Compare(l.Value, operation.Replace("NOT_", "", StringComparison.Ordinal), value)) != not;
            case "labels":
                throw new KestraError(400, "Invalid query filters: labels need a key");
            case "q" or "query":
                return flow => Contains(FullText(flow), value) != not;
            case "scope":
                return flow => value.Split(',').Contains(Scope(flow)) != not;
            default:
                return flow => Compare(field == "namespace" ? flow.Namespace : flow.Id, operation, value);
        }
    }

    private static bool Compare(string text, string operation, string value) => operation switch
    {
        "EQUALS" => text == value,
        "NOT_EQUALS" => text != value,
        "IN" => value.Split(',').Contains(text), // Not trimmed [search.filters: IN with space].
        "NOT_IN" => !value.Split(',').Contains(text),
        "STARTS_WITH" => text.StartsWith(value, StringComparison.Ordinal),
        "ENDS_WITH" => text.EndsWith(value, StringComparison.Ordinal),
        "CONTAINS" => text.Contains(value, StringComparison.OrdinalIgnoreCase),
        "PREFIX" => IsWithin(text, value),
        "REGEX" => Regex.IsMatch(text, value, RegexOptions.None, TimeSpan.FromSeconds(1)),
        _ => throw new KestraError(400, $"Invalid query filters: Operation {operation} is not supported for this field"),
    };

    private static bool IsWithin(string ns, string parent) => ns == parent || ns.StartsWith(parent + ".", StringComparison.Ordinal);

    private static string Scope(FlowRevision flow) => flow.Namespace == "system" ? "SYSTEM" : "USER";

    private static string FullText(FlowRevision flow) => $"{flow.Namespace} {flow.Id}";

    private static List<string> Tokens(string key) =>
        Filter().Match(key) is { Success: true } match ? [.. match.Groups[1].Captures.Select(c => c.Value)] : [];

    [GeneratedRegex(@"\Afilters(?:\[([^\]]*)\])+\z")]
    private static partial Regex Filter();

    [GeneratedRegex(@"[\p{P}\p{S}\p{Z}]")]
    private static partial Regex Signs();
}
