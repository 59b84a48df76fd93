namespace KestraGitHub.Configuration;

/// <summary>One reader of one section. Read late, so that sources which are added after the registration count.</summary>
internal sealed record BoundSection(IConfiguration Configuration, string Name, Type Type, Func<IServiceProvider, object, IEnumerable<string>> Validate)
{
    public static TOptions Read<TOptions>(IConfiguration configuration, string section) where TOptions : class, new()
    {
        var faults = new List<string>();
        var options = (TOptions)SectionReader.Read(configuration.GetSection(section), typeof(TOptions), faults);
        return faults.Count == 0 ? options : throw new ConfigurationException(faults);
    }

    /// <summary>What is wrong with the values; unknown keys are a matter of all readers together.</summary>
    public IReadOnlyList<string> Faults(IServiceProvider services)
    {
        var faults = new List<string>();
        var options = SectionReader.Read(Configuration.GetSection(Name), Type, faults);
        return faults.Count > 0 ? faults : [.. Validate(services, options)];
    }
}
