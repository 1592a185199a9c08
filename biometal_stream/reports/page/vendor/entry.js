// What the page uses of Apache ECharts. README.md says how the built file is made.
import { use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, LineChart, DataZoomInsideComponent, GridComponent, TooltipComponent, SVGRenderer]);

export { connect, init } from "echarts/core";
