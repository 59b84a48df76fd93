namespace KestraGitHub.Api;

/// <summary>Tells the document of a body that the handler reads by itself, because it may be absent.</summary>
internal sealed record OpenApiBody(Type Type);
