namespace KestraGitHub.Definitions;

/// <summary>A task cannot be rendered for this run: which property, and what to do about it. Never holds a secret.</summary>
public sealed class RenderException(Fault fault) : Exception($"{fault.Message} {fault.Cure}")
{
    public Fault Fault => fault;
}
