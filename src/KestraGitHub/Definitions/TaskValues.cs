using System.Text.Json;

namespace KestraGitHub.Definitions;

/// <summary>
/// The values of one task, rendered when asked for. What is wrong goes to <paramref name="faults"/> and reads as absent, so that one pass finds everything.
/// </summary>
/// <param name="trial">True while the definition is loaded: a value that only a run knows is then absent, without a fault.</param>
internal sealed class TaskValues(
    string owner, IReadOnlyDictionary<string, PropertyValue> values, (int Line, int Column) place, IReadOnlyList<PropertySpec> specs,
    TemplateScope scope, FaultList faults, bool trial, string path = "")
{
    // Faults are told once each, so counting them does not show which value they belong to.
    private readonly HashSet<string> _broken = [];

    public PropertyValue? Raw(string name) => values.TryGetValue(name, out var value) && value is not ScalarValue { Text: null } ? value : null;

    public bool Has(string name) => Raw(name) is not null;

    /// <summary>Rendered, or the default; null where it is absent, empty or wrong.</summary>
    public string? Text(string name)
    {
        var text = Raw(name) is { } value ? (value as ScalarValue)?.Text : specs.FirstOrDefault(s => s.Name == name)?.Default;
        return text is null ? null : Render(name, text) is { Length: > 0 } rendered ? rendered : null;
    }

    /// <summary>The same, where nothing works without it.</summary>
    public string? Needed(string name)
    {
        if (Text(name) is { } text && !string.IsNullOrWhiteSpace(text)) return text;
        if (_broken.Contains(name) || !Known(name) || Raw(name) is not (null or ScalarValue)) return null;
        if (DependsOnDelivery(name))
            Fault(name, "is empty: what it takes from a delivery is not there, as when a run is started by schedule or by hand",
                "Give a default: `{{ trigger.body.… ?? '…' }}`.");
        else if (Has(name)) Fault(name, "is empty", "Write its value.");
        else if (!specs.Any(s => s.Name == name && s.Required)) Fault(name, "is missing", $"Add `{name}:`.");
        return null;
    }

    /// <summary>True where it has a value, or would have one: it is wrong, or a delivery will say it.</summary>
    public bool IsGiven(string name) => Text(name) is not null || _broken.Contains(name) || !Known(name);

    public bool? Flag(string name) => Convert(name, PropertyChecker.Boolean, "is neither true nor false", "Write `true` or `false`.");

    public int? Number(string name) => Convert(name, PropertyChecker.Integer, "is no whole number", "Write a number.");

    /// <summary>One text or several, each rendered: a list, or a text that may itself hold a JSON list. What comes out empty is a fault.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        string?[] texts = Raw(name) switch
        {
            ListValue list => [.. list.Items.Select(i => i is ScalarValue { Text: { } text } ? Render(name, text, i) : "")],
            MapValue => [""],
            ScalarValue when Text(name) is null => [_broken.Contains(name) || !Known(name) ? null : ""],
            _ => Text(name) is { } text ? JsonTexts(text) ?? [text] : [],
        };
        if (texts.Any(t => t is { Length: 0 }) || (texts.Length == 0 && Has(name)))
            Fault(name, "is empty, or has an item that is no text", "Write a text, or a list of texts.");
        return [.. texts.OfType<string>().Where(t => t.Length > 0)];
    }

    public TimeSpan? Duration(string name) => Convert(name, Durations.Parse, "is no ISO-8601 duration", "Write it like `PT10M`.");

    /// <summary>The members of a map, or null where there is none.</summary>
    public TaskValues? Map(string name, IReadOnlyList<PropertySpec> members) => Raw(name) is not MapValue map
        ? null
        : new TaskValues(owner, map.Members.ToDictionary(m => m.Key, m => m.Value), (map.Line, map.Column), members, scope, faults, trial,
            $"{path}{name}.");

    /// <summary>False while a definition is loaded, for what only a run will know.</summary>
    public bool Known(string name) => !trial || ReferencesOf(name)?.NeedsRun(scope.Place) != true;

    /// <summary>True where it draws on a secret: that may go to a server as a credential, and nowhere else.</summary>
    public bool IsSecret(string name) => ReferencesOf(name)?.Secrets.Count > 0;

    public void Fault(string name, string what, string cure) => faults.Add(PlaceOf(name), $"`{path}{name}` of {owner} {what}.", cure);

    /// <summary>Renders one text that stands under <paramref name="name"/>; null where it cannot be, or is not known yet.</summary>
    public string? Render(string name, string text, PropertyValue? at = null)
    {
        try
        {
            var template = Template.Parse(text);
            if (trial && TemplateReferences.Of(template, scope.Flow).NeedsRun(scope.Place)) return null;
            return template.Render(scope);
        }
        catch (TemplateException e)
        {
            _broken.Add(name);
            faults.Add(at is null ? PlaceOf(name) : (at.Line, at.Column), $"`{path}{name}` of {owner}: {e.Message}", e.Cure);
            return null;
        }
    }

    private T? Convert<T>(string name, Func<string, T?> read, string complaint, string cure)
        where T : struct
    {
        // An expression that comes out empty is no silent default: `delete` and `dryRun` mean too much for that.
        var text = Text(name);
        if (text is null && (Raw(name) is not ScalarValue || _broken.Contains(name) || !Known(name))) return null;
        var value = text is null ? null : read(text);
        if (value is null) Fault(name, complaint, cure);
        return value;
    }

    private bool DependsOnDelivery(string name) => ReferencesOf(name)?.Payload.Count > 0;

    private TemplateReferences? ReferencesOf(string name)
    {
        try
        {
            return Raw(name) is ScalarValue { Text: { } text } ? TemplateReferences.Of(Template.Parse(text), scope.Flow) : null;
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static string?[]? JsonTexts(string text)
    {
        if (!text.TrimStart().StartsWith('[')) return null;
        try
        {
            return JsonSerializer.Deserialize<string?[]>(text);
        }
        catch (JsonException)
        {
            return null; // a glob such as [ab]*
        }
    }

    private (int Line, int Column) PlaceOf(string name) => values.TryGetValue(name, out var value) ? (value.Line, value.Column) : place;
}
