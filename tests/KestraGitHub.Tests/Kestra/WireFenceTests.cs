using System.Net;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

/// <summary>A process that stands still between the question whether it may write and the wire: what of its request still gets out.</summary>
public sealed class WireFenceTests : IAsyncDisposable
{
    private readonly WireServer _server = new();
    private readonly HttpClient _library = new(KestraServers.Handler(KestraGitHub.Configuration.Outbound.Default));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Not_a_byte_goes_when_the_lease_ended_before_the_first(bool kept)
    {
        if (kept) await Http.ReadAsync(Get, _ => Task.FromResult(true), default);
        var held = new Held();
        var error = await Assert.ThrowsAsync<LeaseEnded>(() => Http.WriteAsync(Post(() => new Pieces(1, held.End)), held, default));
        Assert.Same(held.Said, error);

        // The connection that was kept is the one that would have been used; a read after it shows that nothing came before.
        await Http.ReadAsync(Get, _ => Task.FromResult(true), default);
        Assert.All(_server.Heads, h => Assert.StartsWith("GET ", h, StringComparison.Ordinal));
        Assert.DoesNotContain("POST", _server.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_body_is_never_finished_when_the_lease_ends_in_the_middle_of_it()
    {
        var held = new Held();
        var pieces = 0;
        await Assert.ThrowsAsync<LeaseEnded>(() => Http.WriteAsync(
            Post(() => new Pieces(40, () =>
            {
                if (++pieces == 20) held.End();
            })), held, default));
        await _server.EndOfConnectionAsync();
        Assert.Contains("POST", _server.Everything, StringComparison.Ordinal);
        Assert.Empty(_server.Heads);
    }

    [Fact]
    public async Task What_the_library_sends_again_by_itself_is_asked_for_again()
    {
        await Http.ReadAsync(Get, _ => Task.FromResult(true), default);
        _server.HangUpOn = "DELETE";
        var held = new Held { Passes = 1 };
        var bare = new KestraRequest(HttpMethod.Delete, "main/x", "", KestraRequest.Anything, TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<LeaseEnded>(() => Http.WriteAsync(bare, held, default));
        Assert.Single(_server.Heads, h => h.StartsWith("DELETE ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_serve_many_and_each_request_has_its_own_fence()
    {
        for (var round = 0; round < 10; round++)
        {
            var sends = Enumerable.Range(0, 8).Select(async i =>
            {
                var held = new Held();
                Action pause = i % 2 == 0 ? held.End : () => { };
                var sending = Http.WriteAsync(Post(() => new Pieces(1 + (i / 2), pause)), held, default);
                if (i % 2 == 0) await Assert.ThrowsAsync<LeaseEnded>(() => sending);
                else await sending;
            });
            await Task.WhenAll(sends);
        }

        Assert.Equal(40, _server.Heads.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _library.Dispose();
        await _server.DisposeAsync();
    }

    private KestraHttp Http => new(_library, new KestraTarget(null, _server.Address, "main", KestraAuth.None), KestraTimings.Default, TimeProvider.System);

    private static KestraRequest Get => new(HttpMethod.Get, "main/x", "", KestraRequest.Anything, TimeSpan.FromSeconds(30));

    private static KestraRequest Post(Func<HttpContent> body) =>
        new(HttpMethod.Post, "main/x", "", KestraRequest.Anything, TimeSpan.FromSeconds(30), body);

    private sealed class LeaseEnded() : OperationCanceledException("the lease ended");

    private sealed class Held : IApplyGuard
    {
        private volatile bool _ended;
        private int _passes = int.MaxValue;

        public int Passes
        {
            init => _passes = value;
        }

        public LeaseEnded? Said { get; private set; }

        public void End() => _ended = true;

        public ValueTask BeforeWriteAsync(CancellationToken ct) => ValueTask.CompletedTask;

        public void CheckAtWire()
        {
            if (_ended || _passes-- == 0) throw Said = new LeaseEnded();
        }

        public void Written(AppliedChange change)
        {
        }
    }

    /// <summary>A body of pieces of 64 KiB; before each one the process stands still.</summary>
    private sealed class Pieces(int count, Action pause) : HttpContent
    {
        private static readonly byte[] Piece = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                pause();
                await stream.WriteAsync(count == 1 ? Piece.AsMemory(0, 10) : Piece);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = count == 1 ? 10 : count * Piece.Length;
            return true;
        }
    }
}
