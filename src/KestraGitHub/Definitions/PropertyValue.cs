namespace KestraGitHub.Definitions;

/// <summary>A value of a task as the file has it: a text (perhaps a template), a list or a map, each with its place.</summary>
public abstract record PropertyValue(int Line, int Column);

/// <param name="Text">Null for YAML's null.</param>
/// <param name="Plain">True when it stood unquoted: only then <c>true</c> is a boolean and <c>10</c> a number.</param>
public sealed record ScalarValue(string? Text, bool Plain, int Line, int Column) : PropertyValue(Line, Column);

public sealed record ListValue(IReadOnlyList<PropertyValue> Items, int Line, int Column) : PropertyValue(Line, Column);

public sealed record MapValue(IReadOnlyList<KeyValuePair<string, PropertyValue>> Members, int Line, int Column) : PropertyValue(Line, Column);
