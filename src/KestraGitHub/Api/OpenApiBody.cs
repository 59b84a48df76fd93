namespace KestraGitHub.Api;

/// <summary>Tells the document of a body that the handler reads by itself, because it may be absent.</summary>
/// <param name="Example">JSON, as one would send it.</param>
internal sealed record OpenApiBody(Type Type, string Example);
