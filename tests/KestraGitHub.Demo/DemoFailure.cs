namespace KestraGitHub.Demo;

/// <summary>The demo cannot go on; the message says why in words for its reader.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
