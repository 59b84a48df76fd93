namespace KestraGitHub.Definitions;

/// <summary>A template that cannot be read, or cannot be rendered: which expression, and what to do about it. Never holds a rendered value.</summary>
internal sealed class TemplateException(string message, string cure) : Exception(message)
{
    public string Cure => cure;
}
