using KestraGitHub.Git;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>Refuses the start for an address that Git could not be given.</summary>
internal sealed class DefinitionsGitCheck(IServiceProvider services) : IValidateOptions<DefinitionsOptions>
{
    public ValidateOptionsResult Validate(string? name, DefinitionsOptions options)
    {
        if (!options.Git.IsConfigured || services.GetService<GitOptions>() is not { } git) return ValidateOptionsResult.Skip;
        try
        {
            GitUrl.Parse(options.Git.Url, git.AllowedProtocols, options.Git.Username);
            return ValidateOptionsResult.Success;
        }
        catch (GitException e)
        {
            return ValidateOptionsResult.Fail($"Definitions:Git:Url cannot be used: {e.Message}");
        }
    }
}
