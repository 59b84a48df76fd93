namespace KestraGitHub.Definitions;

/// <summary>A value of a task as the file has it: a text (perhaps a template), a list or a map, each with its place.</summary>
public abstract record PropertyValue(int Line, int Column);

/// <param name="Text">Null for YAML's null.</param>
/// <param name="Plain">True when it stood unquoted: only then <c>true</c> is a boolean and <c>10</c> a number.</param>
public sealed record ScalarValue(string? Text, bool Plain, int Line, int Column) : PropertyValue(Line, Column);

public sealed record ListValue(IReadOnlyList<PropertyValue> Items, int Line, int Column) : PropertyValue(Line, Column);

public sealed record MapValue(IReadOnlyList<KeyValuePair<string, PropertyValue>> Members, int Line, int Column) : PropertyValue(Line, Column)
{
    /// <summary>Where each member's name stands, in the order of <see cref="Members"/>; empty when the map was not read from a file.</summary>
    public IReadOnlyList<(int Line, int Column)> Names { get; init; } = [];

    public PropertyValue? this[string name] => Members.FirstOrDefault(m => m.Key == name).Value;

    /// <summary>The place of a member's name, or of the map where that is not known.</summary>
    internal (int Line, int Column) PlaceOf(int index) => index < Names.Count ? Names[index] : (Line, Column);
}
