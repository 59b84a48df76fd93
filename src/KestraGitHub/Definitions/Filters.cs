using System.Globalization;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <param name="Least">How many arguments it needs.</param>
/// <param name="Most">How many it takes.</param>
/// <param name="Usage">How it is written.</param>
internal sealed record Filter(int Least, int Most, string Usage, Func<TemplateValue, IReadOnlyList<TemplateValue>, TemplateValue> Apply);

/// <summary>The filters of Pebble, and of Kestra's own, that flows around Git use. Nothing stays nothing, but for <c>default</c> and <c>json</c>.</summary>
internal static class Filters
{
    private static readonly TimeSpan RegexTime = TimeSpan.FromSeconds(1);

    public static IReadOnlyDictionary<string, Filter> All { get; } = new Dictionary<string, Filter>(StringComparer.Ordinal)
    {
        ["default"] = new(1, 1, "`default('…')`", (input, a) => input.IsEmpty ? a[0] : input),
        ["json"] = new(0, 0, "`json` alone", (input, _) => ToJson(input)),
        ["toJson"] = new(0, 0, "`toJson` alone", (input, _) => ToJson(input)),
        ["lower"] = Text("lower", t => t.ToLowerInvariant()),
        ["upper"] = Text("upper", t => t.ToUpperInvariant()),
        ["trim"] = Text("trim", t => t.Trim()),
        ["capitalize"] = Text("capitalize", Capitalize),
        ["string"] = new(0, 0, "`string` alone", (input, _) => input.Text is { } text ? TemplateValue.OfText(text) : input),
        ["number"] = new(0, 1, "`number`, or `number('INT')`", (input, _) => input.Text is null ? input : Number(input)),
        ["length"] = new(0, 0, "`length` alone", (input, _) => TemplateValue.OfNumber(input.IsList ? input.Items().Count : input.IsMap ? input.Members().Count : input.Text?.Length ?? 0)),
        ["first"] = new(0, 0, "`first` alone", (input, _) => input.IsList ? Edge(input, 0) : input.Text is { Length: > 0 } text ? TemplateValue.OfText(text[..1]) : input),
        ["last"] = new(0, 0, "`last` alone", (input, _) => input.IsList ? Edge(input, ^1) : input.Text is { Length: > 0 } text ? TemplateValue.OfText(text[^1..]) : input),
        ["join"] = new(0, 1, "`join(', ')`", (input, a) => input.IsList ? TemplateValue.OfText(string.Join(a.Count > 0 ? a[0].Text : "", input.Items().Select(i => i.Text))) : input),
        ["split"] = new(1, 2, "`split('/')`", Split),
        ["replace"] = new(1, 1, "`replace({'old': 'new'})`", Replace),
        ["startsWith"] = new(1, 1, "`startsWith('…')`", (input, a) => input.Text is { } text ? TemplateValue.OfFlag(text.StartsWith(a[0].Text ?? "", StringComparison.Ordinal)) : input),
        ["endsWith"] = new(1, 1, "`endsWith('…')`", (input, a) => input.Text is { } text ? TemplateValue.OfFlag(text.EndsWith(a[0].Text ?? "", StringComparison.Ordinal)) : input),
        ["date"] = new(0, 1, "`date('yyyy-MM-dd')`", (input, a) => input.Text is { } text ? TemplateValue.OfText(Dates.Format(text, a.Count > 0 ? a[0].Text : null)) : input),
        ["substringBefore"] = Cut("substringBefore", last: false, after: false),
        ["substringBeforeLast"] = Cut("substringBeforeLast", last: true, after: false),
        ["substringAfter"] = Cut("substringAfter", last: false, after: true),
        ["substringAfterLast"] = Cut("substringAfterLast", last: true, after: true),
    };

    private static Filter Text(string name, Func<string, string> change) =>
        new(0, 0, $"`{name}` alone", (input, _) => input.Text is { } text ? TemplateValue.OfText(change(text)) : input);

    private static TemplateValue ToJson(TemplateValue input) => input.Text is null && input.Why is not null ? input : new(input.Json, input.Json);

    private static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static TemplateValue Edge(TemplateValue list, Index at) => list.Items() is { Count: > 0 } items ? items[at.GetOffset(items.Count)] : TemplateValue.Null;

    private static TemplateValue Number(TemplateValue input) =>
        decimal.TryParse(input.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? TemplateValue.OfNumber(number)
            : throw new TemplateException("The filter `number` was given a text that is no number.", "Give it digits.");

    /// <summary>As Java's <c>split</c>, which Pebble calls: the delimiter is a regular expression, and without a limit empty texts at the end are dropped.</summary>
    private static TemplateValue Split(TemplateValue input, IReadOnlyList<TemplateValue> arguments)
    {
        if (input.Text is not { } text) return input;
        var limit = (int)(arguments.Count > 1 ? arguments[1].Number ?? 0 : 0);
        try
        {
            var pattern = new Regex(arguments[0].Text ?? "", RegexOptions.CultureInvariant, RegexTime);
            var parts = (limit > 0 ? pattern.Split(text, limit) : pattern.Split(text)).ToList();
            if (limit == 0) while (parts.Count > 1 && parts[^1].Length == 0) parts.RemoveAt(parts.Count - 1);
            return TemplateValue.OfList(parts.Select(TemplateValue.OfText));
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            throw new TemplateException("The delimiter of the filter `split` is a regular expression that cannot be used.", @"Write signs such as `.` and `|` with two backslashes before them.");
        }
    }

    private static TemplateValue Replace(TemplateValue input, IReadOnlyList<TemplateValue> arguments)
    {
        if (input.Text is not { } text) return input;
        if (!arguments[0].IsMap) throw new TemplateException("The filter `replace` was given no map.", "Write `replace({'old': 'new'})`.");
        foreach (var (old, value) in arguments[0].Members())
            if (old.Length > 0) text = text.Replace(old, value.Text, StringComparison.Ordinal);
        return TemplateValue.OfText(text);
    }

    private static Filter Cut(string name, bool last, bool after) => new(1, 1, $"`{name}('/')`", (input, arguments) =>
    {
        if (input.Text is not { } text || arguments[0].Text is not { Length: > 0 } separator) return input;
        var at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? after ? TemplateValue.OfText("") : input : TemplateValue.OfText(after ? text[(at + separator.Length)..] : text[..at]);
    });
}
