namespace KestraGitHub.Definitions;

internal enum PropertyKind { Text, Flag, Number, Map, TextList, TextOrList, ObjectOrText, Auth, Any }

/// <summary>One property of a task or trigger, as Kestra's own servers describe it.</summary>
/// <param name="Default">As text; null when there is none, or when it is no text.</param>
internal sealed record PropertySpec(
    string Name, PropertyKind Kind = PropertyKind.Text, string? Default = null, bool Required = false, IReadOnlyList<string>? Enum = null);
