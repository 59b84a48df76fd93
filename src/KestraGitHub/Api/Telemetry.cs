using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KestraGitHub.Api;

/// <summary>Sends metrics and traces where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; without it nothing is collected for sending.</summary>
internal sealed class Telemetry : IHostedService, IDisposable
{
    private const string Ours = "KestraGitHub";

    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Name)
            .AddMeter(Ours, Ours + ".*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
            .AddOtlpExporter().Build();
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Name)
            .AddSource(Ours, Ours + ".*", "Microsoft.AspNetCore", "System.Net.Http", "Quartz")
            .AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }

    private static void Name(ResourceBuilder resource) => resource.AddService("kestra-github");
}

internal static class TelemetryRegistration
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) ? services : services.AddHostedService<Telemetry>();
}
