using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace KestraGitHub.Access;

/// <summary>Ten wrong tokens a minute from one address, then it waits. Right ones cost nothing.</summary>
internal sealed class SignInLimiter : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _wrong = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new() { PermitLimit = 10, Window = Window, QueueLimit = 0 }));

    /// <summary>How long to wait, or null when a try is allowed.</summary>
    public TimeSpan? Blocked(IPAddress? address)
    {
        using var lease = _wrong.AttemptAcquire(Name(address), permitCount: 0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : Window;
    }

    public void CountWrong(IPAddress? address) => _wrong.AttemptAcquire(Name(address)).Dispose();

    public void Dispose() => _wrong.Dispose();

    /// <summary>Of an IPv6 address the network: its holder has as many addresses in it as he likes.</summary>
    private static string Name(IPAddress? address) => address switch
    {
        null => string.Empty,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) + "/64",
        _ => address.ToString(),
    };
}
