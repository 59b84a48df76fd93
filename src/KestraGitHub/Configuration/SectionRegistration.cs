using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Configuration;

/// <summary>How a folder reads its section: <c>services.BindSection&lt;GitOptions&gt;(configuration, "Git")</c>.</summary>
internal static class SectionRegistration
{
    /// <summary>
    /// Makes <c>IOptions&lt;TOptions&gt;</c> and <typeparamref name="TOptions"/> itself from a section. Unknown keys, values of a wrong kind and
    /// the faults that <paramref name="validate"/> or a registered <c>IValidateOptions</c> finds refuse the start. Several folders may each read
    /// their part of one section.
    /// </summary>
    /// <param name="validate">Faults as sentences that begin with the key; never with a value of it.</param>
    public static IServiceCollection BindSection<TOptions>(
        this IServiceCollection services, IConfiguration configuration, string section, Func<TOptions, IEnumerable<string>>? validate = null)
        where TOptions : class, new()
    {
        services.AddSingleton(new BoundSection(configuration, section, typeof(TOptions), Check));
        services.TryAddSingleton(_ => BoundSection.Read<TOptions>(configuration, section));
        services.TryAddSingleton<IOptions<TOptions>>(s => Options.Create(s.GetRequiredService<TOptions>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfigurationCheck>());
        return services;

        IEnumerable<string> Check(IServiceProvider provider, object options) =>
            (validate?.Invoke((TOptions)options) ?? [])
            .Concat(provider.GetServices<IValidateOptions<TOptions>>()
                .SelectMany(v => v.Validate(Options.DefaultName, (TOptions)options).Failures ?? []));
    }

    /// <summary>Looks at every bound section at once. The start does so too; a host that reads options before it starts calls this first.</summary>
    /// <exception cref="ConfigurationException">With all faults.</exception>
    public static void CheckConfiguration(this IServiceProvider services) => ConfigurationCheck.Check(services);
}
