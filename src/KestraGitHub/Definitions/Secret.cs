namespace KestraGitHub.Definitions;

/// <summary>A text that must not be seen. It prints as stars; whoever sends it to its owner calls <see cref="Reveal"/>.</summary>
public sealed class Secret(string value) : IEquatable<Secret>
{
    public string Reveal() => value;

    public static Secret? From(string? text) => string.IsNullOrEmpty(text) ? null : new Secret(text);

    public bool Equals(Secret? other) => other is not null && other.Reveal() == value;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "***";
}
