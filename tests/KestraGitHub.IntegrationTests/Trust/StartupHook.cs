using System.Diagnostics;
using System.Globalization;

#pragma warning disable CA1050 // The runtime looks for this very name, without a namespace.
/// <summary>
/// Loaded into the service's process by the runtime (<c>DOTNET_STARTUP_HOOKS</c>): kills it at one of the points that its own traces name, before and after
/// every request that writes, every commit of the database and every git. Which one, a file says; points are counted from the moment it is there.
/// </summary>
internal static class StartupHook
{
    public const string FileVariable = "KESTRA_GITHUB_CRASH_FILE";

    private static readonly Lock Gate = new();
    private static string _file = "";
    private static int _passed;
    private static int _at;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } file) return;
        _file = file;
        ActivitySource.AddActivityListener(new ActivityListener
        {
            ShouldListenTo = source => source.Name is "System.Net.Http" or "KestraGitHub.Storage" or "KestraGitHub.Git",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Pass(activity, "before"),
            ActivityStopped = activity => Pass(activity, "after"),
        });
    }

    private static void Pass(Activity activity, string when)
    {
        var method = activity.GetTagItem("http.request.method") as string;
        if (method is "GET" or "HEAD") return;
        lock (Gate)
        {
            if (!File.Exists(_file))
            {
                (_passed, _at) = (0, 0);
                return;
            }

            if (_at == 0) _at = int.Parse(File.ReadAllText(_file), CultureInfo.InvariantCulture);
            _passed++;
            File.AppendAllText(_file + ".passed", $"{_passed} {when} {method ?? activity.OperationName}\n");
            if (_passed == _at) Process.GetCurrentProcess().Kill();
        }
    }
}
