using System.Xml;
using KestraGitHub.Configuration;
using KestraGitHub.Kestra;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>
/// The bound on which the fence rests. A write begins in the first third of a lease and is given up after its time limit, so the limit must fit into the
/// other two thirds: then nothing of a worker that stood still is under way any more when its lease has ended and another one begins. (A large file may
/// take longer; each piece of it is asked for by itself, and without the last one none of it counts.)
/// </summary>
internal sealed class LeaseBound(IServiceProvider services) : IValidateOptions<RunOptions>
{
    public ValidateOptionsResult Validate(string? name, RunOptions options)
    {
        try
        {
            return services.GetService<KestraOptions>() is { } kestra && kestra.WriteTimeout > options.Lease * 2 / 3
                ? ValidateOptionsResult.Fail(
                    $"Runs:Lease is too short for Kestra:WriteTimeout: a write that began late could outlive it. Set Runs:Lease to at least {XmlConvert.ToString(kestra.WriteTimeout * 1.5)}, "
                    + $"or Kestra:WriteTimeout to at most {XmlConvert.ToString(options.Lease * 2 / 3)}.")
                : ValidateOptionsResult.Success;
        }
        catch (ConfigurationException)
        {
            return ValidateOptionsResult.Skip; // said by the section itself
        }
    }
}
