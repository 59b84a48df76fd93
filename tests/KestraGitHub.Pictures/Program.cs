using KestraGitHub.Dashboard;
using KestraGitHub.Pictures;

if (args is not [{ Length: > 0 } wish] || wish is "--help" or "-h")
{
    Console.WriteLine("usage: bash tests/screenshots.sh OUT       a picture of each page, width and theme, after a made-up month");
    Console.WriteLine("       bash tests/screenshots.sh --stay    shows the same month in your own browser until Ctrl-C");
    return args is ["--help" or "-h"] ? 0 : 2;
}

await using var house = await House.StartAsync();
await Scenes.PlayAsync(house);
if (wish == "--stay")
{
    Console.WriteLine($"{house.Address}  token: {House.Token}");
    await house.WaitAsync();
    return 0;
}

var folder = Directory.CreateDirectory(wish).FullName;
await Camera.TakeAsync(house.Address, await Album.PagesAsync(house), folder);
await using var fromGit = await House.StartAsync(fromGit: true);
await Scenes.DefineAsync(fromGit);
await Camera.TakeAsync(fromGit.Address, [("definitions-git", Links.Definitions)], folder, door: "sign-in-provider");
return 0;
