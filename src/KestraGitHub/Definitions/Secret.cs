using KestraGitHub.Configuration;

namespace KestraGitHub.Definitions;

/// <summary>A text that must not be seen. It prints as stars; whoever sends it to its owner calls <see cref="Reveal"/>.</summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    public Secret(string value)
    {
        _value = value;
        Redaction.Learn(value);
    }

    public string Reveal() => _value;

    public static Secret? From(string? text) => string.IsNullOrEmpty(text) ? null : new Secret(text);

    public bool Equals(Secret? other) => other is not null && other._value == _value;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "***";
}
